"""The command line as a user calls it: in this process, or in another where streams matter."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

for _makers in (Path(__file__).parents[1] / "config", Path(__file__).parents[1] / "store"):
    if str(_makers) not in sys.path:
        sys.path.append(str(_makers))

from study_files import plan_of  # noqa: E402

from bn_study.cli import main  # noqa: E402
from bn_study.store.store import RunFolder  # noqa: E402


@dataclass(frozen=True)
class Said:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


@pytest.fixture
def bn_study(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """`bn_study("run", path, "--jobs", 1)`. Never a traceback: an exception other than SystemExit is the test's."""

    def call(*words: object) -> Said:
        monkeypatch.setattr(sys, "argv", ["bn-study", *map(str, words)])
        with pytest.raises(SystemExit) as end:
            main()
        printed = capsys.readouterr()
        return Said(int(end.value.code or 0), printed.out, printed.err)

    return call


@pytest.fixture
def done(tmp_path: Path) -> Path:
    """A folder with the small study and, in `results`, its runs. They are made up."""
    from records import small_record

    for point in plan_of(tmp_path, profile="smoke").runs:
        folder = RunFolder(tmp_path / "results" / "study" / "runs" / point.run_id)
        folder.prepare(point.spec)
        folder.write_result(small_record(point))
    return tmp_path
