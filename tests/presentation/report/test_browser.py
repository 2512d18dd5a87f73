"""report.html in a real browser: no network, no console errors, the table sorts, hovers tell, it fits a phone."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from bn_study.presentation.figures.bar_chart import BarChart
from bn_study.presentation.figures.line_chart import LineChart
from synthetic_study import plan_of, realistic

from bn_study.analysis.results import results_of
from bn_study.presentation.findings import Findings, find
from bn_study.presentation.report.html import html_text

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium or Chrome on this machine")

FAILED = {"status": "failed", "validation": [], "train": []}
#: The page under test stands in a frame as wide as a phone, for no window is that narrow; what is seen in it is told.
PROBE = """<!doctype html><meta charset="utf-8"><body><pre id="told"></pre><script>
const errors = [];
const frame = document.createElement("iframe");
frame.style.width = "390px"; frame.style.height = "844px"; frame.style.border = "0";
frame.srcdoc = PAGE;
frame.addEventListener("load", () => {
  const page = frame.contentDocument;
  const head = [...page.querySelectorAll("#runs th")].find(th => th.textContent.startsWith("last acc"));
  const column = () => [...page.querySelectorAll("#runs tbody tr")].map(tr => tr.cells[head.cellIndex].textContent);
  const button = head.querySelector("button");
  button.click(); const up = column(), sorted = head.getAttribute("aria-sort");
  button.click(); const down = column();
  const hovers = [...page.querySelectorAll("figure")].map(figure => {
    return [...figure.querySelectorAll("circle, rect")].map(mark => mark.querySelector("title")?.textContent);
  });
  const cut = [...page.querySelectorAll("svg text")].filter(text => {
    const own = text.getBoundingClientRect(), all = text.ownerSVGElement.getBoundingClientRect();
    return own.left < all.left - 1 || own.right > all.right + 1 || own.top < all.top - 1 || own.bottom > all.bottom + 1;
  }).map(text => text.textContent);
  const wide = page.documentElement.scrollWidth, seen = frame.contentWindow.innerWidth;
  const fonts = [...page.querySelectorAll("p, td, figcaption")].map(one => parseFloat(getComputedStyle(one).fontSize));
  const least = Math.min(...fonts);
  const all = {up, down, sorted, hovers, cut, wide, seen, least, errors};
  document.getElementById("told").textContent = JSON.stringify(all);
});
addEventListener("error", event => errors.push(event.message));
document.body.append(frame);
</script></body>"""


def browsed(page: Path, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [str(BROWSER), "--headless=new", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--v=0",
               f"--user-data-dir={folder / 'profile'}", *options, page.as_uri()]  # fmt: skip
    return subprocess.run(command, capture_output=True, text=True, timeout=280, check=True)


@pytest.fixture(scope="module")
def findings() -> Findings:
    """One run failed."""
    plan = plan_of("paper", "seeds=[0, 1, 2, 3, 4]")
    return find(results_of(plan, realistic(plan, lambda point: FAILED if point.run_id.startswith("bn_s1") else {})))


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
    assert not re.search(r"(?:src|href)=[\"'](?!data:)", html_text(findings))
    assert told["errors"] == []


def test_clicking_a_heading_sorts_and_again_turns_round_with_gaps_last(
    findings: Findings, told: dict[str, Any]
) -> None:
    up, down = ([float(cell) for cell in told[way] if cell != "–"] for way in ("up", "down"))
    assert told["sorted"] == "ascending"
    assert up == sorted(up)
    assert down == sorted(down, reverse=True)
    assert len(told["up"]) == len(findings.runs) == 25
    missing = [not run.metrics for run in findings.runs].count(True)
    assert told["up"].count("–") == missing == 1
    assert all(way[-missing:] == ["–"] * missing for way in (told["up"], told["down"]))


def test_every_hover_shows_the_number_of_the_findings(findings: Findings, told: dict[str, Any]) -> None:
    checked = 0
    for figure, hovers in zip(findings.figures, told["hovers"], strict=True):
        means: list[float] = []
        if isinstance(figure, LineChart):
            means = [value.mean for panel in figure.panels for line in panel.lines for value in line.values]
        elif isinstance(figure, BarChart):
            bars = (bar for panel in figure.panels for group in panel.groups for bar in group.bars)
            means = [bar.value.mean for bar in bars]
        for mean, hover in zip(means, hovers, strict=bool(means)):
            assert f": {mean:.4g}".replace("-", "−") in hover
            checked += 1
    assert checked > 100


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
