"""report.html in a real browser: no network, no console errors, the table sorts, it fits a phone."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from synthetic_study import plan_of, realistic

from bn_study.analysis.table import epochs_table, runs_table
from bn_study.presentation.findings import find
from bn_study.presentation.html_page import html_text

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium or Chrome on this machine")

CLICKS = """<script>
addEventListener("load", () => {
  const head = [...document.querySelectorAll("#runs th")].find(th => th.textContent.startsWith("last acc"));
  const column = () => [...document.querySelectorAll("#runs tbody tr")].map(tr => tr.cells[head.cellIndex].textContent);
  head.querySelector("button").click(); const up = column();
  head.querySelector("button").click(); const down = column();
  const wide = document.documentElement.scrollWidth > innerWidth;
  document.title = JSON.stringify({up, down, wide});
});
addEventListener("error", event => { document.body.dataset.error = event.message; });
</script>"""


def opened(page: str, folder: Path, *options: str) -> tuple[str, str]:
    """The document after loading, and what the browser logged."""
    path = folder / "report.html"
    path.write_text(page, encoding="utf-8")
    command = [str(BROWSER), "--headless=new", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--v=0",
               f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=3000", *options, "--dump-dom",
               path.as_uri()]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=True)
    return done.stdout, done.stderr


def test_the_page_opens_from_disk_sorts_and_fits_a_phone(tmp_path: Path) -> None:
    plan = plan_of("paper", "seeds=[0, 1, 2, 3, 4]")
    records = realistic(plan, lambda point: {"status": "failed"} if point.run_id.startswith("bn_s1") else {})
    page = html_text(find(plan, records, runs_table(plan, records), epochs_table(plan, records)))
    assert not re.search(r"(?:src|href)=[\"'](?!data:)", page)
    dom, log = opened(page.replace("</body>", f"{CLICKS}</body>"), tmp_path, "--window-size=420,900")
    assert "CONSOLE" not in log
    assert "data-error" not in dom
    found = re.search(r"<title>(\{.*?\})</title>", dom)
    assert found
    told = __import__("json").loads(found[1])
    up, down = ([float(cell) for cell in told[way] if cell != "–"] for way in ("up", "down"))
    assert up == sorted(up)
    assert down == sorted(down, reverse=True)
    assert up != down
    assert told["up"][-1] == "–" or len(up) == 25
    assert told["wide"] is False
