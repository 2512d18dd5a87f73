"""Results: what came out of a plan, finished or not; and what all ask of it, computed once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from bn_study.analysis.frame import Table, texts
from bn_study.analysis.group import Group, grouped
from bn_study.analysis.mixing import MixedResults, kept_apart, mixed_results
from bn_study.analysis.origin import Origin, origin_of
from bn_study.analysis.point import PointSummary, summary
from bn_study.analysis.table import epochs_table, probes_table, runs_table
from bn_study.planning.expansion import Plan, Point
from bn_study.store.record import RunRecord


@dataclass(frozen=True, eq=False)
class Results:
    """`runs` has one row a point of the plan, in its order; `epochs` one a point and epoch.

    `probes` has one row a number that the study's figures draw of what probes saw.
    """

    plan: Plan
    runs: Table
    epochs: Table
    probes: Table
    origin: Origin

    @cached_property
    def mixed(self) -> tuple[MixedResults, ...]:
        """What must not be averaged; empty when all results are of one kind."""
        return mixed_results(self.plan, self.runs)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Every arm at every grid point, in the order of the plan; what is mixed in groups of its own."""
        return grouped(self.plan, self.runs, self.epochs, kept_apart(self.mixed))

    @cached_property
    def summaries(self) -> tuple[PointSummary, ...]:
        """One a group, in the order of `groups`."""
        return tuple(map(summary, self.groups))

    @cached_property
    def finished(self) -> tuple[str, ...]:
        """Ids of the finished runs, once for each point that has one."""
        return tuple(texts(self.runs[self.runs["status"] == "finished"], "run_id"))

    def of_arms(self, arms: Collection[str]) -> Results:
        """Of these arms alone; they keep their places in the study, and with them their looks."""
        return self.of([point for point in self.plan.points if point.arm in arms])

    def of(self, points: Sequence[Point]) -> Results:
        """Of some points of the plan, in its order."""
        names, plan = {point.run_id for point in points}, replace(self.plan, points=tuple(points))
        of_runs = (table[table["run_id"].isin(names)] for table in (self.runs, self.epochs))
        runs, epochs = (table.reset_index(drop=True) for table in of_runs)
        return replace(self, plan=plan, runs=runs, epochs=epochs)

    @cached_property
    def best_is_optimistic(self) -> bool:
        """Whether best epochs were picked by looking at test data."""
        return "test" in texts(self.runs, "validation_source")


def results_of(plan: Plan, records: Mapping[str, RunRecord]) -> Results:
    """`records`: fingerprint of the spec → record."""
    runs, epochs, probes = (make(plan, records) for make in (runs_table, epochs_table, probes_table))
    return Results(plan, runs, epochs, probes, origin_of(plan, records))
