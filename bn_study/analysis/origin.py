"""Origin: what only the records of the runs say: which data, which machines, when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pydantic import BaseModel, ConfigDict, Field

from bn_study.planning.expansion import Plan
from bn_study.store.record import DataRecord, RunRecord


class Origin(BaseModel):
    """A part of `findings.json`, from which it is read back where the runs are gone."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    data: tuple[DataRecord, ...]
    environment: Mapping[str, tuple[str, ...]] = Field(description="each circumstance with all that occurred")
    started: str = Field(description="of the first run, UTC; empty without runs")
    ended: str
    warning: str = Field(description="where times do not compare; else empty")


def origin_of(plan: Plan, records: Mapping[str, RunRecord]) -> Origin:
    """`records`: fingerprint of the spec → record."""
    ended = [records[run.fingerprint] for run in plan.runs if run.fingerprint in records]
    # The parent writes down what became of a killed worker, and does not know its device.
    trained = [record for record in ended if record.status != "failed"] or ended
    return Origin(
        data=tuple(dict.fromkeys(record.data for record in ended if record.data)),
        environment=_circumstances(trained),
        started=min((record.started for record in ended), default=""),
        ended=max((record.ended for record in ended), default=""),
        warning=_comparability(trained),
    )


def _circumstances(records: Iterable[RunRecord]) -> dict[str, tuple[str, ...]]:
    """Each circumstance with all values that occurred: more than one device makes times incomparable."""
    found: dict[str, dict[str, None]] = {}
    for record in records:
        where = record.environment
        versions = ", ".join(f"{name} {version}" for name, version in sorted(where.versions.items()))
        facts = {
            "commit": where.commit or "unknown", "backend": where.backend, "precision": where.precision,
            "device": where.device, "threads": str(where.threads), "processor": where.processor_model,
            "host": where.host or "unknown", "platform": where.platform, "Python": where.python, "versions": versions,
        }  # fmt: skip
        for name, value in facts.items():
            found.setdefault(name, {})[value] = None
    return {name: tuple(values) for name, values in found.items()}


def _comparability(records: Iterable[RunRecord]) -> str:
    """A warning when times were taken on more than one kind of machine."""
    where = [record.environment for record in records]
    kinds = {(one.backend, one.device, one.processor, one.threads) for one in where}
    models = sorted({one.processor_model for one in where})
    named = f" ({'; '.join(models)})" if len(models) > 1 else ""
    several = f"Times are of {len(kinds)} kinds of machine{named}, and do not compare across them."
    return several if len(kinds) > 1 else ""
