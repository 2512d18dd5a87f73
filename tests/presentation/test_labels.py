"""Labels: what people read of an arm, everywhere; files know it by its name."""

from __future__ import annotations

import io
import json
import re
from html import unescape
from typing import Any

import pytest
from drawn_studies import with_labels, with_study
from pptx import Presentation
from rich.console import Console
from synthetic_study import plan_of, realistic

from bn_study.analysis.frame import csv_text
from bn_study.analysis.point import points_table
from bn_study.analysis.results import Results, results_of
from bn_study.planning.expansion import Plan, Point
from bn_study.presentation.figures.panel import texts_of
from bn_study.presentation.findings import Findings, find
from bn_study.presentation.report.html import html_text
from bn_study.presentation.report.readme import page_text
from bn_study.presentation.report.terminal import comparison_table, verdict_lines
from bn_study.presentation.slides.deck import deck_bytes

#: One label is a formula to LaTeX, markup to rich, HTML and Markdown, and a template to jinja: shown as it stands.
LABELS = {
    "plain": "nothing at all", "bn": "B$_N$ [bold]*x* <b>{{ y }}</b>", "bn_after": "BN after ReLU",
    "dropout": "the dropped", "bn_dropout": "BN + the dropped",
}  # fmt: skip


def _end(point: Point) -> dict[str, Any]:
    """Diverged, failed and missing runs, so that sentences about these are there."""
    odd = {("bn", 1): {"status": "diverged", "validation": [0.1, None]}, ("bn_after", 1): {"status": "failed"}}
    return odd.get((point.arm, point.seed), {"missing": point.arm == "bn_dropout"})


def _results(plan: Plan) -> Results:
    return results_of(plan, realistic(plan, _end))


PLAN = plan_of("paper", "seeds=[0, 1, 2]")


@pytest.fixture(scope="module")
def labelled() -> Findings:
    return find(_results(with_labels(PLAN, **LABELS)))


def _slides(found: Findings) -> str:
    texts = []
    for slide in Presentation(io.BytesIO(deck_bytes(found))).slides:
        for shape in slide.shapes:
            texts += [shape.text_frame.text] if shape.has_text_frame else []
            texts += [cell.text for row in shape.table.rows for cell in row.cells] if shape.has_table else []
            texts += [s.name for plot in shape.chart.plots for s in plot.series] if shape.has_chart else []
    return "\n".join(texts)


def _terminal(found: Findings) -> str:
    console = Console(file=io.StringIO(), width=200, markup=False)
    console.print(comparison_table(found, 200), verdict_lines(found))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


READ = {
    "page": lambda found: unescape(re.sub(r"<(style|script)\b.*?</\1>|<[^>]*>", " ", html_text(found), flags=re.S)),
    "README": lambda found: re.sub(r"\\(.)", r"\1", page_text(found, [])),
    "slides": _slides,
    "terminal": _terminal,
    "figures": lambda found: "\n".join(text for figure in found.figures for text in texts_of(figure)),
}


@pytest.mark.parametrize("where", READ)
def test_people_read_labels_and_nothing_else(labelled: Findings, where: str) -> None:
    """Names stand in run ids, ids of published numbers, and the command alone."""
    text = re.sub(r"\w+_s\d+_[0-9a-f]{12}", "", READ[where](labelled))
    for name, label in LABELS.items():
        assert " ".join(label.split()) in " ".join(text.split()), name
    left = re.sub("|".join(map(re.escape, sorted(LABELS.values(), key=len, reverse=True))), "", text)
    assert re.findall(r"(?<![\w.])bn(?:_after|_dropout)?(?![\w.-])", left) == []


def test_files_know_arms_by_their_names(labelled: Findings) -> None:
    """What is data is the same to the byte with labels and without."""
    without = _results(PLAN)
    with_ = _results(with_labels(PLAN, **LABELS))
    assert csv_text(points_table(with_.plan, with_.summaries)) == csv_text(points_table(PLAN, without.summaries))
    assert csv_text(with_.runs) == csv_text(without.runs)
    one, other = (json.loads(found.json_text()) for found in (labelled, find(without)))
    for part in ("points", "runs", "differences", "published", "gaps", "batch_statistics"):
        assert one[part] == other[part], part
    assert [claim["verdict"]["claim"] for claim in one["claims"]] == [
        claim["verdict"]["claim"] for claim in other["claims"]
    ]
    assert one["study"]["labels"] == LABELS


def test_a_sentence_about_an_arm_is_read_with_its_name() -> None:
    """`about:` stands with the arms, on the page and in README."""
    plan = with_labels(PLAN, bn="BN")
    arms = dict(plan.source.study.arms)
    arms["bn"] = arms["bn"].model_copy(update={"about": "dense layer, BN, ReLU"})
    found = find(_results(with_study(plan, arms=arms)))
    for where in ("page", "README"):
        assert "BN (bn): dense layer, BN, ReLU" in READ[where](found)
