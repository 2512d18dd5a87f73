"""Where numbers come from: which data, which machines, how many runs, how to run it again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bn_study.store.record import DataRecord, RunRecord

ENDS = ("finished", "diverged", "failed")


def data_line(data: DataRecord) -> str:
    """What was trained on, and which bytes they were."""
    counts = f"{data.train_images:,} training and {data.validation_images:,} validation images"
    held_out = "test data" if data.validation_source == "test" else "training data held out"
    return f"{data.provenance}; {counts}; validation on {held_out}; fingerprint {data.fingerprint}"


def counts_text(counts: Mapping[str, int]) -> str:
    """How many runs of the plan ended how. A run that several points share is counted once."""
    said = [f"{counts[status]} {status}" for status in ENDS if counts[status] or status == "finished"]
    return f"{counts['planned']} runs are planned: {', '.join(said)}."


def incomplete_text(counts: Mapping[str, int]) -> str:
    """How much is missing; empty for a study that is done."""
    missing = counts["missing"]
    return f"Not done yet: {missing} of {counts['planned']} runs; this report is not complete." if missing else ""


def why(status: str, error: str, diverged_at_epoch: float) -> str:
    """The error, or the epoch of divergence; empty for a run that finished, or has not ended."""
    if status == "diverged":
        return f"the loss was not finite, or blew up, in epoch {diverged_at_epoch:.0f}"
    return error


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


def comparability_text(records: Iterable[RunRecord]) -> str:
    """A warning when times were taken on more than one kind of machine."""
    where = [record.environment for record in records]
    kinds = {(one.backend, one.device, one.processor, one.threads) for one in where}
    several = f"Times are of {len(kinds)} kinds of machine, and do not compare across them."
    return several if len(kinds) > 1 else ""
