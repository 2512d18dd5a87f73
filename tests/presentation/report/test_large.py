"""A large study: 10,000 run records are reported on in a minute and 2 GiB; 500, for every day, in a third of that."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from synthetic_study import STUDY, plan_of, realistic

from bn_study.store.store import Store

SEEDS = f"seeds={list(range(10))}"
#: Runs a command from a small process of its own: Linux counts what a process held before exec into its peak, so a
#: child that this suite starts would begin with the suite's 2 GiB.
MEASURE = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss)
"""


@pytest.mark.parametrize(
    ("rates", "most_seconds", "most_gibibytes"),
    [
        (10, 20, 0.5),
        pytest.param(200, 60, 2.0, marks=[pytest.mark.long, pytest.mark.timeout(1800)]),
    ],
)
def test_a_report_of_many_records_is_quick_and_small(
    tmp_path: Path, rates: int, most_seconds: float, most_gibibytes: float
) -> None:
    """Five arms, `rates` learning rates, ten seeds. CPU time is held, for others may be at work on the machine."""
    values = ", ".join(f"{1e-4 * 1.03**step:.8f}" for step in range(rates))
    axis = f"grid.training.learning_rate.initial=[{values}]"
    plan = plan_of("paper", SEEDS, axis)
    records, store = realistic(plan), Store(tmp_path / STUDY.stem / "runs")
    assert len(plan.runs) == 50 * rates
    for point in plan.runs:
        result = store.run_folder(point).result
        result.parent.mkdir(parents=True)
        result.write_text(records[point.fingerprint].model_dump_json(), encoding="utf-8")
    words = ["report", str(STUDY), "--results", str(tmp_path), "--set", SEEDS, "--set", axis]
    alone = [sys.executable, "-c", MEASURE, sys.executable, "-m", "bn_study", *words]
    said = subprocess.run(alone, check=True, capture_output=True, text=True).stdout
    seconds, peak = (float(number) for number in said.splitlines()[-1].split())
    kibibytes = peak if sys.platform != "darwin" else peak / 1024
    print(f"{50 * rates} records: {seconds:.0f} s CPU, {kibibytes / 2**20:.2f} GiB")
    assert seconds < most_seconds
    assert kibibytes < most_gibibytes * 2**20
    (page,) = tmp_path.rglob("report.html")
    assert page.stat().st_size < 1_500_000
