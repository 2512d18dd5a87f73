"""findings.json: read back equal, one schema, and every number of the page and the slides stands in it."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from drawn_studies import looked_into, with_arms, with_divergence, with_study
from pptx import Presentation
from pydantic_core import to_jsonable_python
from synthetic_study import LEARNING_RATES, plan_of, realistic, until_decided

from bn_study.analysis.results import results_of
from bn_study.analysis.rounds import course_of
from bn_study.config.figure import AxisFigure, GapFigure, HeatmapFigure, ParallelFigure, ProbeFigure, StepTimeFigure
from bn_study.config.study import Published
from bn_study.planning.expansion import Plan
from bn_study.presentation.findings import Findings, find
from bn_study.presentation.report.html import html_text
from bn_study.presentation.report.readme import page_text
from bn_study.presentation.slides.deck import deck_bytes

SEEDS = "seeds=[0, 1, 2, 3, 4]"


def findings_of(plan: Plan, end: Any = lambda point: {}) -> Findings:
    return find(results_of(plan, realistic(plan, end)))


def every_kind_over_a_grid() -> Findings:
    """Two axes, divergences, and a figure of every kind."""
    figures = (
        AxisFigure(kind="axis", metrics=("last_validation_accuracy",), mark="bars", second_metric="train_seconds"),
        AxisFigure(kind="axis", metrics=("epochs_to_accuracy", "best_validation_accuracy")),
        HeatmapFigure(kind="heatmap", metrics=("last_validation_accuracy",)),
        StepTimeFigure(kind="step_time"),
        GapFigure(kind="gap"),
        ParallelFigure(kind="parallel", metrics=("last_validation_accuracy", "train_seconds")),
        ProbeFigure(kind="probe", view="heatmap", at={"training.batch_size": 64}),
        ProbeFigure(kind="probe", view="curve", quantities=("gradient", "activation_shift")),
        ProbeFigure(kind="probe", view="bands", at={"training.batch_size": 64}),
    )
    at = {"training.learning_rate.initial": 0.01, "training.batch_size": 64}
    published = (Published(id="k", arm="bn", at=at, metric="best_validation_accuracy", value=0.7, uncertainty=0.01),)
    grid = (LEARNING_RATES, "grid.training.batch_size=[64, 128]")
    plan = with_arms(plan_of("paper", "seeds=[0, 1, 2]", *grid), "plain", "bn")
    asked = with_study(plan, figures=figures, published=published)
    return findings_of(asked, lambda point: {**with_divergence(point), **looked_into(point)})


def seeds_until_decided() -> Findings:
    """Some claims are decided before others, and some never."""
    plan = until_decided(plan_of("paper", f"seeds={list(range(8))}"), 4)
    results = results_of(plan, realistic(plan))
    return find(results.of(course_of(results).points))


FINDINGS = {
    "no grid": lambda: findings_of(plan_of("paper", SEEDS)),
    "every kind": every_kind_over_a_grid,
    "until decided": seeds_until_decided,
}


@pytest.fixture(scope="module", params=FINDINGS)
def findings(request: pytest.FixtureRequest) -> Findings:
    return FINDINGS[request.param]()


def test_what_seeds_were_added_for_is_in_the_findings_and_said() -> None:
    found = seeds_until_decided()
    (figure,) = (one for one in found.figures if one.name == "evidence")
    assert [panel.title for panel in figure.panels] == [one.verdict.claim.id for one in found.claims]
    outcomes = {one.verdict.outcome for one in found.claims}
    assert len(outcomes) > 1
    page, slides = page_text(found, []), "\n".join(slide_texts(deck_bytes(found)))
    for one in found.claims:
        looks, decisive = one.verdict.looks, one.verdict.outcome != "undecided"
        assert [look.seeds for look in looks] == list(range(4, 4 + len(looks)))
        assert decisive == any(value >= 20 for value in looks[-1].evidence.values())
        assert all(value < 20 for look in looks[:-1] for value in look.evidence.values())
        assert "(20 decides)" in one.sentence
        assert one.sentence in page
        assert one.sentence in slides
    assert "after Holm" not in page


def test_what_is_written_is_read_back(findings: Findings) -> None:
    text = findings.json_text()
    again = Findings.model_validate_json(text)
    assert again.json_text() == text
    assert json.loads(text)["schema_version"] == 1
    assert "NaN" not in text
    assert "Infinity" not in text


def test_every_number_has_its_runs(findings: Findings) -> None:
    known = {run.run_id for run in findings.runs}
    for holder in (*(c.verdict for c in findings.claims), *findings.points, *findings.published, *findings.figures):
        assert holder.run_ids
        assert set(holder.run_ids) <= known


NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")


def leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield key
            yield from leaves(part)
    elif isinstance(value, list):
        for part in value:
            yield from leaves(part)
    else:
        yield value


def sayable(findings: Findings) -> set[str]:
    """Every way in which a number of findings.json may be written, and every number in its texts.

    What is read over a mark is no source of its own: its numbers are those of the marks.
    """
    said: set[str] = {"0", "95", "0.05", "1", "2014", "2015"}  # the years of the papers that notes cite
    said |= {f"{least}" for least in range(1, 10)}  # counts of panels, seeds, the schema
    found = json.loads(findings.json_text())
    for mark in (mark for figure in found["figures"] for panel in figure["panels"] for mark in panel["marks"]):
        mark.update(hover="", hovers=[])
    for leaf in leaves(found):
        if isinstance(leaf, str):
            said.update(NUMBER.findall(leaf))
        elif isinstance(leaf, (int, float)) and not isinstance(leaf, bool):
            said |= written(float(leaf))
    for arm in findings.nets:  # of the spec, not of the runs
        said.update(NUMBER.findall(" ".join((arm.about, *arm.block, *arm.layers))))
    for holder in findings.points:
        for interval in holder.summary.intervals.values():
            said |= written(interval.half)
    for one in findings.published:
        said |= written(one.beside.measured.half)
    return said


def written(value: float) -> set[str]:
    if value != value or abs(value) == float("inf"):
        return set()
    texts = set()
    for factor in (1.0, 100.0, 1000.0, 1e-6):
        shown = abs(value) * factor
        texts |= {f"{shown:,.{digits}f}" for digits in range(7)}
        texts |= {f"{shown:.{digits}g}" for digits in range(1, 7)}
    return texts


def visible(html: str) -> str:
    """What a reader sees, hovers included; no styles, scripts, descriptions or texts within drawings."""
    html = re.sub(r"<(style|script|head|desc|text)\b.*?</\1>", " ", html, flags=re.S)
    return unescape(re.sub(r"<[^>]*>", " ", html))


def moved(value: Any) -> Any:
    """The same findings with every number that was measured a little off, those in texts too."""
    if isinstance(value, dict):
        return {key: moved(part) for key, part in value.items()}
    if isinstance(value, list):
        return [moved(part) for part in value]
    if isinstance(value, str):  # what stands in figures is written there already
        return re.sub(r"\d+\.\d+", lambda said: f"{1.0137 * float(said[0]):.{len(said[0].partition('.')[2])}f}", value)
    return value * 1.0137 if isinstance(value, float) else value


def test_every_number_of_the_page_stands_in_the_findings(findings: Findings) -> None:
    numbers = NUMBER.findall(visible(html_text(findings)))
    assert len(numbers) > 500
    assert sorted(set(numbers) - sayable(findings)) == []


def test_numbers_of_other_findings_would_be_noticed(findings: Findings) -> None:
    """The power of the two tests beside this one: few numbers are found by chance."""
    other = Findings.model_validate_json(json.dumps(moved(json.loads(findings.json_text()))))
    numbers = {said for said in NUMBER.findall(visible(html_text(other))) if "." in said}
    assert len(numbers - sayable(findings)) > 0.3 * len(numbers)


def test_texts_within_drawings_are_of_the_findings_or_mark_an_axis(findings: Findings) -> None:
    drawings = "".join(re.findall(r"<svg.*?</svg>", html_text(findings), re.S))
    said = {unescape(text) for text in re.findall(r"<text[^>]*>(.*?)</text>", drawings, re.S)}
    known = {leaf for leaf in leaves(json.loads(findings.json_text())) if isinstance(leaf, str)}
    told = to_jsonable_python(findings.story)  # of which the page shows one figure
    known |= {leaf for leaf in leaves(told) if isinstance(leaf, str)}
    parts = {part for text in said for part in text.split(" ✕ ")}  # a long name has several lines
    marks = {part for part in parts if not any(part in leaf for leaf in known)}
    hovers = {unescape(text) for text in re.findall(r"<title>(.*?)</title>", drawings, re.S)}
    claimed = (": margin", *(one.effect for one in findings.claims if one.effect))  # beside the rows of a forest plot
    assert all(hover in known or any(part in hover for part in claimed) for hover in hovers)
    assert len(hovers) > 50
    assert len(said & known) > 30
    beside = r"\d+  .+|effect, towards the claim.*|n = \d+"  # rows, axis and texts of a forest plot
    assert all(re.fullmatch(rf"−?[\d.,]+(e-\d+)?|{beside}", mark) for mark in marks)


def slide_texts(content: bytes) -> Iterator[str]:
    for slide in Presentation(io.BytesIO(content)).slides:
        for shape in slide.shapes:
            if shape.has_text_frame and shape.name.startswith("Slide Number"):
                continue
            if shape.has_text_frame:
                yield shape.text_frame.text
            elif shape.has_table:
                yield from (cell.text for row in shape.table.rows for cell in row.cells)
            elif shape.has_chart:
                yield from (node.text or "" for node in shape.chart._chartSpace.iter("{*}t"))
                yield from (node.text or "" for node in shape.chart._chartSpace.findall(".//{*}strCache/{*}pt/{*}v"))
                yield shape._element.nvGraphicFramePr.cNvPr.get("descr")
        yield slide.notes_slide.notes_text_frame.text


def all_series(shape: Any) -> Iterator[list[float]]:
    """The numbers of each series of a chart: along x where rows stand at 0, −1, −2, …

    Without places of texts, keys of the legend, and crosses, which stand below all numbers.
    """
    series = [one for plot in shape.chart.plots for one in plot.series]
    rows = any(one.name == "places along y" for one in series)
    for one in series:
        places = one.name == "numbers" or one.name.startswith("places along") or "diverged" in one.name
        if not places and any(value is not None for value in one.values):
            x = [float(value.text) for value in one._element.findall("{*}xVal//{*}v")]
            yield x if rows else list(one.values)


def test_every_number_of_the_slides_stands_in_the_findings(findings: Findings) -> None:
    content = deck_bytes(findings)
    places = re.compile(r"\(\d of \d\)$", re.M)  # of slides
    numbers = NUMBER.findall(places.sub("", "\n".join(slide_texts(content))))
    assert sorted(set(numbers) - sayable(findings)) == []
    held = [leaf for leaf in leaves(json.loads(findings.json_text())) if isinstance(leaf, (int, float))]
    known = {round(abs(leaf) * factor, 6) for leaf in held for factor in (1, 100, 1000)}  # in percent, in ms
    drawn = 0
    for slide in Presentation(io.BytesIO(content)).slides:
        for shape in slide.shapes:
            for series in all_series(shape) if shape.has_chart else ():
                values = {round(abs(value), 6) for value in series if value is not None}
                assert values <= known
                drawn += len(values)
    assert drawn > 50


def test_signs_minus_signs_and_p_are_written_in_one_way_everywhere() -> None:
    """Twelve seeds, so that a p is small; some arm is worse than another, so that a difference is negative."""
    found = findings_of(plan_of("paper", f"seeds={list(range(12))}"))
    for text in (visible(html_text(found)), page_text(found, []), "\n".join(slide_texts(deck_bytes(found)))):
        assert re.search(r"−\d", text)
        assert "< 0.001" in text
        assert not re.search(r"p = 0\.000|\b0\.000\b", text)
        assert re.findall(r"(?:^|[\s(|])-\d", text) == []
        assert re.findall(r"\w - \w", text) == []


ALL, NOTHING = "of 25 runs all", "No run has finished, so nothing can be compared"
DIVERGED = {"status": "diverged", "validation": [None]}
EMPTY = {"validation": [None, None], "step_seconds": None}


@pytest.mark.parametrize(
    ("end", "set_", "said"),
    [
        (lambda point: {"missing": True}, (SEEDS,), f"{NOTHING}: {ALL} have not ended yet."),
        (lambda point: {"status": "failed"}, (SEEDS,), f"{NOTHING}: {ALL} failed."),
        (lambda point: DIVERGED, (SEEDS,), f"{NOTHING}: {ALL} diverged."),
        (lambda point: {"missing": point.arm == "bn"}, (SEEDS,), "No run of bn has finished."),
        (lambda point: EMPTY, (SEEDS,), "has a validation accuracy that is a number."),
        (lambda point: {}, ("seeds=[0]",), "One seed: there are no intervals, and no claim can be decided."),
        (lambda point: {}, ("seeds=[0, 1]", LEARNING_RATES), ""),
    ],
    ids=["missing", "failed", "diverged", "one arm missing", "NaN everywhere", "one seed", "a grid"],
)
def test_whatever_became_of_the_runs_there_is_a_page_and_a_deck(end: Any, set_: tuple[str, ...], said: str) -> None:
    found = findings_of(plan_of("paper", *set_), end)
    page, slides = visible(html_text(found)), "\n".join(slide_texts(deck_bytes(found)))
    for text in (page, slides, page_text(found, [])):
        assert not re.search(r"\b(nan|inf|None)\b", text)
        assert said in text
        missing = found.counts["missing"]
        assert (f"Not done yet: {missing} of 25 runs; this report is not complete." in text) == bool(missing)
        assert ("othing to judge" in text) or found.counts["finished"]
    assert Findings.model_validate_json(found.json_text()).tally == found.tally
    if found.counts["finished"] == 0:
        assert {claim.verdict.outcome for claim in found.claims} == {"undecided"}


def test_all_that_comes_from_yaml_is_escaped() -> None:
    plan = plan_of("paper", "seeds=[0, 1]")
    evil = '</script><script>alert(1)</script><img src=x onerror="alert(2)"> \x00\x1b[31m &amp;'
    claims = tuple(claim.model_copy(update={"says": evil}) for claim in plan.source.study.claims)
    changes = {"title": evil, "question": evil, "source": evil, "notes": evil, "claims": claims}
    page = html_text(findings_of(with_study(plan, **changes)))
    assert "<img" not in page
    assert not re.search("[\\x00-\\x08\\x0b-\\x1f]", page)
    assert page.count("<script>") == 1


def test_nothing_is_said_of_a_source_that_is_none() -> None:
    found = findings_of(with_study(plan_of("paper", "seeds=[0, 1]"), source="", claims=(), published=()))
    for text in (visible(html_text(found)), page_text(found, []), "\n".join(slide_texts(deck_bytes(found)))):
        assert not re.search(r"^ *Source\b|Source:", text, re.MULTILINE)


def test_error_bars_stand_where_the_schema_wants_them(findings: Findings) -> None:
    order = ["idx", "order", "tx", "spPr", "invertIfNegative", "marker", "dPt", "dLbls", "trendline", "errBars",
             "cat", "xVal", "val", "yVal", "smooth", "shape", "extLst"]  # fmt: skip
    bars = 0
    for slide in Presentation(io.BytesIO(deck_bytes(findings))).slides:
        for shape in slide.shapes:
            for series in shape.chart._chartSpace.iter("{*}ser") if shape.has_chart else ():
                names = [child.tag.rpartition("}")[2] for child in series]
                assert names == sorted(names, key=order.index)
                bars += "errBars" in names
    assert bars > 10
