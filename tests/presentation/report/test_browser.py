"""report.html in a real browser: no network, no errors, the table sorts, arms hide, hovers tell, it fits a phone."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from drawn_studies import SIZES, with_arms, with_study
from synthetic_study import LEARNING_RATES, plan_of, realistic

from bn_study.analysis.results import results_of
from bn_study.config.figure import (
    AxisFigure,
    BarsFigure,
    CurvesFigure,
    GapFigure,
    HeatmapFigure,
    ParallelFigure,
    StepTimeFigure,
)
from bn_study.planning.expansion import Point
from bn_study.presentation.figures.marks import Line
from bn_study.presentation.figures.panel import Figure
from bn_study.presentation.findings import Findings, find
from bn_study.presentation.report.html import html_text
from bn_study.presentation.words.headline import headline

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium or Chrome on this machine")

FAILED = {"status": "failed", "validation": [], "train": []}
LAST = ("last_validation_accuracy",)
EVERY_KIND = (
    CurvesFigure(kind="curves", metrics=("train_accuracy", "validation_accuracy")),
    BarsFigure(kind="bars", metrics=LAST),
    AxisFigure(kind="axis", metrics=LAST),
    AxisFigure(kind="axis", metrics=LAST, mark="bars", second_metric="train_seconds"),
    HeatmapFigure(kind="heatmap", metrics=LAST),
    StepTimeFigure(kind="step_time"),
    GapFigure(kind="gap"),
    ParallelFigure(kind="parallel", metrics=(*LAST, "train_seconds")),
)
#: The page under test stands in a frame as wide as a phone, for no window is that narrow; what is seen in it is told.
PROBE = """<!doctype html><meta charset="utf-8"><body><pre id="told"></pre><script>
const errors = [];
const frame = document.createElement("iframe");
frame.style.width = "390px"; frame.style.height = "844px"; frame.style.border = "0";
frame.srcdoc = PAGE;
frame.addEventListener("load", () => {
  const page = frame.contentDocument, window_ = frame.contentWindow;
  const head = [...page.querySelectorAll("#runs th")].find(th => th.textContent.startsWith("last acc"));
  const column = () => [...page.querySelectorAll("#runs tbody tr")].map(tr => tr.cells[head.cellIndex].textContent);
  const button = head.querySelector("button");
  button.click(); const up = column(), sorted = head.getAttribute("aria-sort");
  button.click(); const down = column();
  const figures = [...page.querySelectorAll("#figures figure")];
  const hovers = figures.map(figure => [...figure.querySelectorAll("[data-say]")].map(mark => mark.dataset.say));
  const cut = [...page.querySelectorAll("figure svg[role=img] text")].filter(text => {
    const own = text.getBoundingClientRect(), all = text.ownerSVGElement.getBoundingClientRect();
    return own.left < all.left - 1 || own.right > all.right + 1 || own.top < all.top - 1 || own.bottom > all.bottom + 1;
  }).map(text => text.textContent);
  const wide = page.documentElement.scrollWidth, seen = window_.innerWidth;
  const fonts = [...page.querySelectorAll("p, td, figcaption")].map(one => parseFloat(getComputedStyle(one).fontSize));
  const least = Math.min(...fonts);
  const images = [...page.querySelectorAll("#figures figure svg[role=img]")].map(svg => ({
    label: svg.getAttribute("aria-label"), says: svg.querySelector("desc").textContent}));
  const visible = () => Object.fromEntries([0, 1].map(arm => [arm, figures.map(figure =>
    [...figure.querySelectorAll(".a" + arm)].filter(one => window_.getComputedStyle(one).display !== "none").length)]));
  const key = page.querySelector('.key button[data-arm="0"]'), pressed = () => key.getAttribute("aria-pressed");
  const twice = () => { key.click(); key.click();
    key.dispatchEvent(new window_.MouseEvent("dblclick", {bubbles: true})); };
  const arms = [visible()], press = [pressed()];
  key.click(); arms.push(visible()); press.push(pressed());
  key.click(); arms.push(visible());
  twice(); arms.push(visible());
  twice(); arms.push(visible());
  const point = page.querySelector("#figures .at"), tip = page.getElementById("tip");
  const move = target => target.dispatchEvent(new window_.PointerEvent("pointermove", {bubbles: true}));
  move(point); const tips = [tip.hidden, tip.textContent, point.dataset.say];
  move(point.ownerSVGElement); tips.push(tip.hidden);
  const claims = [...page.querySelectorAll(".chips a")].map(chip => page.querySelector(chip.getAttribute("href")));
  const first = page.querySelector("figure").getBoundingClientRect().top + window_.scrollY;
  const names = claims.map(claim => claim.textContent);
  const all = {names, first, up, down, sorted, hovers, cut, wide, seen, least, errors, images, arms, press, tips};
  document.getElementById("told").textContent = JSON.stringify(all);
});
addEventListener("error", event => errors.push(event.message));
document.body.append(frame);
</script></body>"""


def browsed(page: Path, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [str(BROWSER), "--headless=new", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--v=0",
               f"--user-data-dir={folder / 'profile'}", *options, page.as_uri()]  # fmt: skip
    return subprocess.run(command, capture_output=True, text=True, timeout=280, check=True)


def end(point: Point) -> dict[str, object]:
    """One run failed; the highest rate diverges without BN."""
    if (point.arm, point.seed) == ("bn", 1) and point.axes["training.learning_rate.initial"] == 0.01:
        return FAILED
    lost = point.arm == "plain" and point.axes["training.learning_rate.initial"] == 0.1
    return {"status": "diverged", "validation": [0.1, None]} if lost else {}


@pytest.fixture(scope="module")
def findings() -> Findings:
    """Every kind of figure, and what the source published."""
    plan = with_arms(plan_of("paper", "seeds=[0, 1, 2]", LEARNING_RATES, SIZES), "plain", "bn", "dropout")
    plan = with_study(plan, figures=EVERY_KIND)
    return find(results_of(plan, realistic(plan, end)))


@pytest.fixture(scope="module")
def told(findings: Findings, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a browser saw, from disk, at the width of a phone."""
    folder = tmp_path_factory.mktemp("browser")
    page = json.dumps(html_text(findings)).replace("</", "<\\/")
    (folder / "probe.html").write_text(PROBE.replace("PAGE", page), encoding="utf-8")
    done = browsed(folder / "probe.html", folder, "--virtual-time-budget=5000", "--dump-dom")
    assert "CONSOLE" not in done.stderr
    found = re.search(r'<pre id="told">(.+?)</pre>', done.stdout, re.S)
    assert found
    seen: dict[str, Any] = json.loads(html.unescape(found[1]))
    return seen


def test_the_page_needs_nothing_from_elsewhere_and_raises_no_error(findings: Findings, told: dict[str, Any]) -> None:
    assert not re.search(r"(?:src|href)=[\"'](?!data:|#)", html_text(findings))
    assert told["errors"] == []


def test_the_first_screen_says_what_was_found_and_shows_it(findings: Findings, told: dict[str, Any]) -> None:
    """On a phone, too, the first figure begins on it; each chip leads to its claim."""
    assert len(told["names"]) == len(findings.claims)
    for name, claim in zip(told["names"], findings.in_words.claims, strict=True):
        assert claim.sentence in name
        assert claim.effect in name
    assert told["first"] < 844
    assert headline([one.verdict for one in findings.in_words.claims], findings.tally) in html_text(findings)


def test_clicking_a_heading_sorts_and_again_turns_round_with_gaps_last(
    findings: Findings, told: dict[str, Any]
) -> None:
    up, down = ([float(cell) for cell in told[way] if cell != "–"] for way in ("up", "down"))
    assert told["sorted"] == "ascending"
    assert up == sorted(up)
    assert down == sorted(down, reverse=True)
    assert len(told["up"]) == len(findings.runs) == 54
    missing = ["last_validation_accuracy" not in run.metrics for run in findings.runs].count(True)
    assert told["up"].count("–") == missing == 8  # two failed, six diverged
    assert all(way[-missing:] == ["–"] * missing for way in (told["up"], told["down"]))


def sayings(figure: Figure) -> list[str]:
    """What the marks of a figure say, point by point."""
    said = []
    for mark in (mark for panel in figure.panels for mark in panel.marks):
        said += [mark.hover] if mark.hover else []
        if isinstance(mark, Line):
            said += [hover for y, hover in zip(mark.y, mark.hovers, strict=False) if y == y]
    return said


def test_every_mark_of_every_kind_says_its_number_and_nothing_else_does(
    findings: Findings, told: dict[str, Any]
) -> None:
    assert len(findings.figures) == len(told["hovers"]) > len(EVERY_KIND)
    for figure, hovers in zip(findings.figures, told["hovers"], strict=True):
        assert len(hovers) >= 6, figure.name
        assert sorted(hovers) == sorted(sayings(figure)), figure.name


def test_clicking_an_arm_hides_it_in_every_figure_and_a_double_click_shows_it_alone(
    findings: Findings, told: dict[str, Any]
) -> None:
    before, hidden, again, alone, all_again = told["arms"]
    cells = [figure.form == "Heat map" for figure in findings.figures]
    assert [marks == 0 for marks in before["1"]] == cells  # bn is in every other figure, the published ones too
    assert sum(before["0"]) > 20
    assert (sum(hidden["0"]), hidden["1"]) == (0, before["1"])
    assert told["press"] == ["true", "false"]
    assert again == all_again == before
    assert (alone["0"], sum(alone["1"])) == (before["0"], 0)


def test_a_hover_lists_what_all_arms_are_there(told: dict[str, Any]) -> None:
    hidden, text, said, hidden_again = told["tips"]
    assert (hidden, hidden_again) == (False, True)
    lines = text.split("\n")
    assert said in lines
    assert sorted(line.partition(",")[0] for line in lines) == ["bn", "dropout", "plain"]


def test_a_reader_who_does_not_see_the_figures_is_told_what_they_show(findings: Findings, told: dict[str, Any]) -> None:
    panels = [(figure, panel) for figure in findings.figures for panel in figure.panels]
    assert len(told["images"]) == len(panels)
    for image, (figure, panel) in zip(told["images"], panels, strict=True):
        assert image["label"].startswith(f"{figure.form}: {figure.title}")
        assert panel.title in image["label"]
        assert bool(image["says"]) == bool(panel.marks)


def test_every_text_of_a_figure_lies_within_it(told: dict[str, Any]) -> None:
    assert told["cut"] == []


def test_nothing_is_wider_than_a_phone_or_too_small_to_read(told: dict[str, Any]) -> None:
    assert told["seen"] == 390
    assert told["wide"] <= 390
    assert told["least"] >= 14


def test_the_page_prints(findings: Findings, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    page.write_text(html_text(findings), encoding="utf-8")
    browsed(page, tmp_path, f"--print-to-pdf={tmp_path / 'report.pdf'}", "--virtual-time-budget=3000")
    content = (tmp_path / "report.pdf").read_bytes()
    assert content.startswith(b"%PDF")
    assert len(content) > 50_000
