"""Where numbers come from: which data, which machines, which runs are missing, how to run it again."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping

from bn_study.config.load import StudySource
from bn_study.config.source import Located
from bn_study.planning.expansion import Plan
from bn_study.presentation.text_table import TextTable, escaped
from bn_study.store.record import DataRecord, RunRecord

_MOST_FAILURES = 20
_SET = "--set "


def data_text(records: Iterable[RunRecord]) -> str:
    """What was trained on; in bold when that is not known to be the official bytes."""
    known = dict.fromkeys(record.data for record in records if record.data)
    return "\n".join(f"- {_of_data(data)}" for data in known) or "No run has read any data yet."


def _of_data(data: DataRecord) -> str:
    provenance = escaped(data.provenance)
    shown = provenance if data.provenance.startswith("official") else f"**{provenance}**"
    counts = f"{data.train_images:,} training and {data.validation_images:,} validation images"
    held_out = "test data" if data.validation_source == "test" else "training data held out"
    return f"{shown}; {counts}; validation on {held_out}; fingerprint {data.fingerprint}"


def status_text(plan: Plan, records: Mapping[str, RunRecord]) -> str:
    """How many runs of the plan ended how. A run that several points share is counted once."""
    ended = [records[run.fingerprint].status for run in plan.runs if run.fingerprint in records]
    counts = {status: ended.count(status) for status in ("finished", "diverged", "failed")}
    missing = len(plan.runs) - len(ended)
    said = ", ".join(f"{n} {status}" for status, n in counts.items() if n or status == "finished")
    rest = f" **Not done yet: {missing}; this report is not complete.**" if missing else ""
    return f"{len(plan.runs)} runs are planned: {said}.{rest}"


def failures_text(plan: Plan, records: Mapping[str, RunRecord]) -> TextTable:
    """Runs that failed, with their errors, at most twenty; and those that diverged, with the epoch."""
    ended = [records[run.fingerprint] for run in plan.runs if run.fingerprint in records]
    rows: list[tuple[str, ...]] = [
        (record.run_id, record.status, why(record)) for record in ended if record.status != "finished"
    ]
    left_out = len(rows) - _MOST_FAILURES
    more = [("", "", f"and {left_out} more, in runs.csv")] if left_out > 0 else []
    return TextTable(("run", "ended", "why"), (*rows[:_MOST_FAILURES], *more), names=3)


def why(record: RunRecord) -> str:
    """The error, or the epoch of divergence; empty for a run that finished."""
    if record.status == "finished":
        return ""
    if record.error:
        return f"{record.error.type}: {record.error.message}"
    return f"the loss was not finite, or blew up, in epoch {record.diverged_at_epoch}"


def circumstances(records: Iterable[RunRecord]) -> dict[str, tuple[str, ...]]:
    """Each circumstance with all values that occurred: more than one device makes times incomparable."""
    found: dict[str, dict[str, None]] = {}
    for record in records:
        where = record.environment
        versions = ", ".join(f"{name} {version}" for name, version in sorted(where.versions.items()))
        facts = {
            "commit": where.commit or "unknown", "backend": where.backend, "precision": where.precision,
            "device": where.device, "threads": str(where.threads), "processor": where.processor,
            "platform": where.platform, "Python": where.python, "versions": versions,
        }  # fmt: skip
        for name, value in facts.items():
            found.setdefault(name, {})[value] = None
    return {name: tuple(values) for name, values in found.items()}


def machines_text(records: Iterable[RunRecord]) -> TextTable:
    """The circumstances as a table."""
    rows = tuple((name, "; ".join(values)) for name, values in circumstances(records).items())
    return TextTable(("", ""), rows, names=2)


def comparability_text(records: Iterable[RunRecord]) -> str:
    """A warning when times were taken on more than one kind of machine."""
    where = [record.environment for record in records]
    kinds = {(one.backend, one.device, one.processor, one.threads) for one in where}
    several = f"**Times are of {len(kinds)} kinds of machine, and do not compare across them.**"
    return several if len(kinds) > 1 else ""


def command_text(source: StudySource) -> str:
    """The command line that runs this study, with the profile and every --set that was given."""
    words = ["bn-study", "run", source.path.as_posix()]
    words += ["--profile", source.profile] if source.profile else []
    return shlex.join(words + [word for text in _overrides(source) for word in ("--set", text)])


def _overrides(source: StudySource) -> list[str]:
    """The texts given to --set, each once: a value remembers that it came from there."""
    grid = source.tree.child("grid")
    axes = grid.value.values() if grid and isinstance(grid.value, Mapping) else ()
    given: list[Located | None] = [
        source.tree.child("seeds"),
        *axes,
        *(value for _, value in source.overrides),
    ]
    files = dict.fromkeys(value.mark.file for value in given if value)
    return [file.removeprefix(_SET) for file in files if file.startswith(_SET)]
