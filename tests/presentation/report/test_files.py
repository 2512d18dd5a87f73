"""The report: every file there, every number walkable, nothing hidden, whatever became of the runs."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from drawn_studies import with_study
from synthetic_probes import probed
from synthetic_study import LEARNING_RATES, plan_of, realistic

from bn_study.analysis.origin import origin_of
from bn_study.analysis.results import Results, results_of
from bn_study.analysis.written import Foreign
from bn_study.config.claim import Claim
from bn_study.config.figure import BarsFigure, ProbeFigure
from bn_study.config.metric import PROBE_METRICS
from bn_study.planning.expansion import Plan, Point
from bn_study.presentation.findings import find
from bn_study.presentation.report.files import FORMATS, ReportPaths, results_in, write_report


def _one_figure(plan: Plan) -> Plan:
    """Drawing is slow: one figure is enough to see what the page does."""
    figures = (BarsFigure(kind="bars", metrics=("last_validation_accuracy",)),)
    study = plan.source.study.model_copy(update={"figures": figures, "published": ()})
    return replace(plan, source=replace(plan.source, study=study))


def write(results: Results, folder: Path, formats: tuple[str, ...] = FORMATS) -> ReportPaths:
    """All that there is to find."""
    return write_report(results, find(results), folder, formats)


def _page(plan: Plan, folder: Path, end: Any = None) -> str:
    records = realistic(plan, end) if end else realistic(plan)
    return write(results_of(plan, records), folder).page.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> ReportPaths:
    """The shipped study at its own size and figures, with one run missing."""
    plan = plan_of("paper", "seeds=[0, 1, 2]")
    records = realistic(plan, lambda point: {"missing": (point.arm, point.seed) == ("bn", 0)})
    return write(results_of(plan, records), tmp_path_factory.mktemp("report"))


def test_every_file_is_there_and_no_half_written_one(report: ReportPaths) -> None:
    files = {path.relative_to(report.folder).as_posix() for path in report.folder.rglob("*") if path.is_file()}
    tables = {
        "README.md",
        "findings.json",
        "report.html",
        "deck.pptx",
        "table.csv",
        "runs.csv",
        "epochs.csv",
        "published.csv",
    }
    assert files == tables | {path.relative_to(report.folder).as_posix() for path in report.figures}
    assert len(report.figures) == 3 * 8  # six figures of the study, two of what its source printed


def test_every_figure_is_on_the_page_and_every_link_leads_somewhere(report: ReportPaths) -> None:
    links = re.findall(r"!\[[^]]*\]\(([^)]*)\)", report.page.read_text(encoding="utf-8"))
    assert {report.folder / link for link in links} == {p for p in report.figures if p.suffix == ".png"}


def test_the_tables_hold_every_run_epoch_and_published_number(report: ReportPaths) -> None:
    sizes = {path.name: len(pd.read_csv(path)) for path in (report.table, report.runs, report.epochs)}
    assert sizes == {"table.csv": 5, "runs.csv": 15, "epochs.csv": 14 * 4}
    assert len(pd.read_csv(report.published)) == 16
    assert all(b"\r" not in path.read_bytes() for path in (report.table, report.runs, report.epochs))


def test_the_page_says_what_was_asked_of_which_data_and_what_is_missing(report: ReportPaths) -> None:
    page = report.page.read_text(encoding="utf-8")
    assert page.startswith("# Batch normalization against dropout on a two-layer dense net\n")
    assert "**Does batch normalization train faster, and overfit less, than dropout 0.3?**" in page
    assert page.index("## Verdicts") < page.index("## Data")
    assert "4 claims: 4 undecided." in page
    assert page.count("n = 2, at least 7 needed") == 2  # claims on epochs, by rank
    assert page.count("n = 2, at least 5 needed") == 2  # claims on gaps, by t; bn has two of three seeds
    assert "**not the official CIFAR-10 bytes: data_batch_1 differs" in page
    assert "15 runs are planned: 14 finished. **Not done yet: 1 of 15 runs; this report is not complete.**" in page
    assert "| bn | 2/3, 1 missing |" in page
    assert "With n = 3 no p can be below 0.250: significance at 0.05 needs 6 seeds or more." in page
    assert "| bn − dropout | training accuracy, epoch 4 | +2.9 |" in page
    assert "| commit | 4a1acde |" in page
    assert "nan" not in page.lower().replace("finance", "")


def test_the_same_records_give_the_same_page_and_tables(tmp_path: Path) -> None:
    plan = _one_figure(plan_of("paper", "seeds=[0, 1]"))
    first, second = (write(results_of(plan, realistic(plan)), tmp_path / name) for name in "ab")
    for name in ("page", "table", "runs", "epochs", "published"):
        assert getattr(first, name).read_bytes() == getattr(second, name).read_bytes()


def _became_of(point: Point) -> dict[str, object]:
    """Something of everything: finished, diverged, failed, missing, without a number."""
    ways: list[dict[str, object]] = [
        {}, {"status": "diverged", "validation": [0.1, None]}, {"status": "failed"}, {"missing": True},
        {"step_seconds": None, "reestimated": None},
    ]  # fmt: skip
    return ways[point.seed % len(ways)]


PROBES = (
    ProbeFigure(kind="probe", view="heatmap"),
    ProbeFigure(kind="probe", view="bands"),
    ProbeFigure(kind="probe", view="curve", quantities=("activation_shift", "gradient_shift")),
)


@pytest.mark.parametrize("probes", [(), PROBES], ids=["not probed", "probed"])
@pytest.mark.parametrize("grid", [(), (LEARNING_RATES,)], ids=["no grid", "grid"])
def test_a_report_is_made_again_from_its_tables_alone(
    tmp_path: Path, grid: tuple[str, ...], probes: tuple[ProbeFigure, ...]
) -> None:
    """Without a record, the same findings and tables, to the bit."""

    def end(point: Point) -> dict[str, object]:
        return {**_became_of(point), "probes": probed(point) if probes else None}

    plan = _one_figure(plan_of("paper", "seeds=[0, 1, 2, 3, 4, 5]", *grid))
    plan = with_study(plan, figures=(*plan.source.study.figures, *probes))
    first = write(results_of(plan, realistic(plan, end)), tmp_path / "first", ())
    again = write(results_in(first.folder, plan, {}), tmp_path / "again", ())
    for name in ("findings", "table", "runs", "epochs", "published", "page", *["probes"] * bool(probes)):
        assert getattr(again, name).read_bytes() == getattr(first, name).read_bytes(), name


def test_the_page_has_the_formulas_of_what_claims_speak_of(tmp_path: Path) -> None:
    shift = {"metric": "gradient_shift", "compare": {"arm": "bn", "with": "plain", "expect": "lower"}}
    correlate = {"with_metric": "gradient_decay", "within": "all", "expect": "positive"}
    learns = {"metric": "last_train_loss", "correlate": correlate}
    claims = tuple(
        Claim.model_validate({"id": name, "says": "so", **claim}) for name, claim in (("a", shift), ("b", learns))
    )
    plan = with_study(_one_figure(plan_of("paper", "seeds=[0, 1]")), claims=claims)
    page = _page(plan, tmp_path)
    table = page[page.index("## What probes measured") :]
    assert all(PROBE_METRICS[name].formula in table for name in ("gradient_shift", "gradient_decay"))
    assert table.partition("\n\n")[2].partition("\n\n")[0].count("\n") == 3
    assert "What probes" not in _page(_one_figure(plan_of("paper", "seeds=[0, 1]")), tmp_path)


def test_a_foreign_table_is_named(tmp_path: Path) -> None:
    plan = _one_figure(plan_of("paper", "seeds=[0, 1]"))
    written = write(results_of(plan, realistic(plan)), tmp_path, ())
    written.runs.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(Foreign, match=r"runs\.csv: no table of a report"):
        results_in(tmp_path, plan, {})


@pytest.mark.parametrize(
    ("end", "said"),
    [
        (lambda point: {"missing": True}, "30 runs are planned: 0 finished. **Not done yet: 30 of 30 runs;"),
        (lambda point: {"status": "failed"}, "30 runs are planned: 0 finished, 30 failed."),
        (
            lambda point: {"status": "diverged", "validation": [None]},
            "30 runs are planned: 0 finished, 30 div",
        ),
        (
            lambda point: {"missing": point.arm == "plain"},
            "30 runs are planned: 24 finished. **Not done yet: 6 of 30 runs;",
        ),
        (
            lambda point: {"validation": [None, None], "step_seconds": None},
            "30 runs are planned: 30 finished.",
        ),
    ],
    ids=["missing", "failed", "diverged", "no reference arm", "no numbers"],
)
def test_a_report_can_be_written_whatever_became_of_the_runs(tmp_path: Path, end: Any, said: str) -> None:
    page = _page(_one_figure(plan_of("paper")), tmp_path, end)
    assert said in page
    assert "nan" not in re.sub(r"[Ff]inan|dominan", "", page).split()


def test_failures_are_named_with_their_errors_on_one_line_each(tmp_path: Path) -> None:
    page = _page(_one_figure(plan_of("paper")), tmp_path, lambda point: {"status": "failed"})
    assert page.count("failed | ValueError: no \\| such thing |") == 20
    assert "and 10 more, in runs.csv" in page


def test_one_seed_and_a_grid_make_a_report_without_intervals(tmp_path: Path) -> None:
    page = _page(_one_figure(plan_of("paper", "seeds=[0]", LEARNING_RATES)), tmp_path)
    assert "| arm | learning rate | seeds |" in page
    assert "±" not in page.split("## Differences")[0].replace("Mean ± half", "")


def test_times_of_several_machines_are_called_incomparable() -> None:
    plan = plan_of("paper", "seeds=[0, 1]")
    alike = realistic(plan)
    unlike = realistic(plan, lambda point: {"device": f"gpu {point.seed}"})
    assert origin_of(plan, alike).warning == ""
    assert "2 kinds of machine" in origin_of(plan, unlike).warning


def test_figures_of_an_earlier_study_file_are_gone_and_all_else_stays(tmp_path: Path) -> None:
    """The folder holds the images that its report names, and what others put there."""
    plan = _one_figure(plan_of("paper", "seeds=[0]"))
    other = (BarsFigure(kind="bars", metrics=("best_validation_accuracy",)),)
    now = replace(plan, source=replace(plan.source, study=plan.source.study.model_copy(update={"figures": other})))
    records, formats = realistic(plan), ("png", "svg", "dark")
    before = write(results_of(plan, records), tmp_path, formats).figures
    own = [tmp_path / "figures" / "mine.png", tmp_path / "bars_last_validation_accuracy.png", tmp_path / "notes.txt"]
    for path in own:
        path.write_text("mine")
    after = write(results_of(now, records), tmp_path, formats).figures
    images = {path for path in tmp_path.rglob("*") if path.suffix in (".png", ".svg")}
    assert not set(before) & set(after)
    assert images == {*after, *(path.parent / "dark" / path.name for path in after), *own[:2]}
    assert all(path.read_text() == "mine" for path in own)


@pytest.mark.parametrize("name", ["../notes", "dark/../../notes", "/etc/x", ""])
def test_no_name_in_a_damaged_report_leads_out_of_its_folder(name: str, tmp_path: Path) -> None:
    findings, note = tmp_path / "report" / "findings.json", tmp_path / "notes.png"
    findings.parent.mkdir()
    findings.write_text(json.dumps({"figures": [{"name": name}]}))
    note.write_text("mine")
    plan = _one_figure(plan_of("paper", "seeds=[0]"))
    write(results_of(plan, realistic(plan)), findings.parent, ("png",))
    assert note.read_text() == "mine"
