"""Where numbers come from: which data, which machines, how many runs, how to run it again."""

from __future__ import annotations

from collections.abc import Mapping

from bn_study.store.record import DataRecord

ENDS = ("finished", "diverged", "failed")


def data_line(data: DataRecord) -> str:
    """What was trained on, and which bytes they were."""
    size = f" of {' × '.join(map(str, data.image_shape))}" if data.image_shape else ""
    classes = f", {data.classes} classes" if data.classes else ""
    counts = f"{data.train_images:,} training and {data.validation_images:,} validation images{size}{classes}"
    held_out = "test data" if data.validation_source == "test" else "training data held out"
    parts = (data.provenance, *data.remarks, counts, f"validation on {held_out}", f"fingerprint {data.fingerprint}")
    return "; ".join(parts)


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
