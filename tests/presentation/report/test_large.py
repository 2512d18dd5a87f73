"""A large study: 10,000 run records are reported on in a minute and 2 GiB."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest
from synthetic_study import STUDY, plan_of, realistic

from bn_study.store.store import Store

AXIS = f"grid.training.learning_rate.initial=[{', '.join(f'{1e-4 * 1.03**step:.8f}' for step in range(200))}]"
SEEDS = f"seeds={list(range(10))}"


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_ten_thousand_records_take_a_minute_and_two_gibibytes(tmp_path: Path) -> None:
    """Five arms, 200 learning rates, ten seeds. CPU time is held, for others may be at work on the machine."""
    plan = plan_of("paper", SEEDS, AXIS)
    records, store = realistic(plan), Store(tmp_path / STUDY.stem / "runs")
    assert len(plan.runs) == 10_000
    for point in plan.runs:
        result = store.run_folder(point).result
        result.parent.mkdir(parents=True)
        result.write_text(records[point.fingerprint].model_dump_json(), encoding="utf-8")
    words = ["report", str(STUDY), "--results", str(tmp_path), "--set", SEEDS, "--set", AXIS]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "bn_study", *words], check=True, stdout=subprocess.DEVNULL)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    kibibytes = used.ru_maxrss if sys.platform != "darwin" else used.ru_maxrss / 1024
    print(f"{seconds:.0f} s CPU, {kibibytes / 2**20:.2f} GiB")
    assert seconds < 60
    assert kibibytes < 2 * 2**20
