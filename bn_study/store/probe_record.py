"""ProbesRecord: what was seen inside a net while it was trained. Part of a run's `result.json`."""

from __future__ import annotations

from pydantic import Field

from bn_study.store.recorded import Recorded


class ProbeTime(Recorded):
    """When a net was looked at: after so many steps of the whole run."""

    epoch: int = Field(description="0 = within the first epoch, else the epoch that has just ended, counted from 1")
    step: int


class ProbeTable(Recorded):
    """One quantity of several parts of a net (layers, BN layers, or step lengths), in the order of the data."""

    probe: str
    quantity: str
    of: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...] = Field(
        description="a row a time, or one row where it is measured at the end alone; null = not finite, or not defined"
    )


class ProbesRecord(Recorded):
    """All that a run's probes saw. `scalars` is what claims and tables take from it, by metric."""

    times: tuple[ProbeTime, ...] = ()
    tables: tuple[ProbeTable, ...] = ()
    scalars: dict[str, float | None] = Field(default_factory=dict)
    seconds: float = Field(0.0, description="time spent probing; no part of any training time")
