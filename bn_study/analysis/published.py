"""The numbers that the study's source printed, beside ours; and the gaps between its arms, beside ours."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bn_study.analysis.axis import axes_text, axis_value
from bn_study.analysis.frame import Table, table_of
from bn_study.analysis.measured import Measured, measured_at
from bn_study.analysis.results import Results
from bn_study.analysis.statistics import (
    NO_INTERVAL,
    Interval,
    PairedDifference,
    mean_interval,
    paired_difference,
    prediction_interval,
)
from bn_study.config.load import StudySource
from bn_study.config.metric import ALL_METRICS
from bn_study.config.study import Published

OTHER_DATA = "other data: compare sign and gap only"
OTHER_SIZE = "the source's size, not this one: not scored"
OTHER_MACHINE = "another machine's time: not scored"


@dataclass(frozen=True)
class BesidePublished:
    """`inside`: the published value ± its uncertainty meets the interval in which we expect one more run.

    None where that cannot be said: for fewer than two runs, and where like would not be compared with like.
    """

    published: Published
    variant: Mapping[str, str]
    measured: Interval
    inside: bool | None
    note: str
    one_more: Interval = NO_INTERVAL  # in findings from before there was one


@dataclass(frozen=True)
class PublishedGap:
    """`arm` minus `other`: as published (`value` ± `uncertainty`) and as measured, paired by seed."""

    published: tuple[Published, Published]
    variant: Mapping[str, str]
    value: float
    uncertainty: float
    measured: PairedDifference
    sign: Literal["same", "opposite", "undecided"]


def beside_published(results: Results) -> tuple[BesidePublished, ...]:
    """One entry a published number, in the order of the study; one a variant where results are mixed."""
    numbers = results.plan.source.study.published
    source = results.plan.source
    return tuple(
        _beside(published, one, _unlike(published, source))
        for published in numbers
        for one in measured_at(results, published)
    )


def _unlike(published: Published, source: StudySource) -> str:
    """Why the number is shown and not scored; empty where it is."""
    if not published.same_data:
        return OTHER_DATA
    if ALL_METRICS[published.metric].is_of_the_machine:
        return OTHER_MACHINE
    return "" if source.is_as_published else OTHER_SIZE


def _beside(published: Published, measured: Measured, unlike: str) -> BesidePublished:
    values = measured.by_seed.values()
    interval, one_more = mean_interval(values), prediction_interval(values)
    inside = None
    if not unlike and interval.n > 1:
        low, high = published.value - published.uncertainty, published.value + published.uncertainty
        inside = low <= one_more.high and one_more.low <= high
    note = "; ".join(filter(None, (measured.note, unlike, *measured.variant.values())))
    return BesidePublished(published, measured.variant, interval, inside, note, one_more)


def published_gaps(results: Results) -> tuple[PublishedGap, ...]:
    """For numbers of other data: every two arms of which the source printed the same metric and epoch.

    The sign is undecided while our interval holds zero (or there is none), or the published gap is within its
    own uncertainty (the sum of both).
    """
    elsewhere = [published for published in results.plan.source.study.published if not published.same_data]
    return tuple(
        _gap(one, other, mine, theirs)
        for one, other in itertools.combinations(elsewhere, 2)
        if one.arm != other.arm and (one.metric, one.epoch, one.at) == (other.metric, other.epoch, other.at)
        for mine in measured_at(results, one)
        for theirs in measured_at(results, other)
        if mine.variant == theirs.variant
    )


def _gap(one: Published, other: Published, mine: Measured, theirs: Measured) -> PublishedGap:
    value, uncertainty = one.value - other.value, one.uncertainty + other.uncertainty
    measured = paired_difference(mine.by_seed, theirs.by_seed)
    sign: Literal["same", "opposite", "undecided"] = "undecided"
    if abs(value) > uncertainty and (measured.low > 0 or measured.high < 0):
        sign = "same" if (measured.mean > 0) == (value > 0) else "opposite"
    return PublishedGap((one, other), mine.variant, value, uncertainty, measured, sign)


def published_table(beside: tuple[BesidePublished, ...]) -> Table:
    """The columns of published.csv; `inside` is true, false or empty. Values in the metric's unit."""
    columns = (
        "id", "arm", "at", "metric", "epoch", "published", "uncertainty", "measured_mean", "measured_low",
        "measured_high", "one_more_low", "one_more_high", "n", "inside", "same_data", "note", "source",
    )  # fmt: skip
    rows = [dict(zip(columns, _cells(one), strict=True)) for one in beside]
    floats = (
        "published", "uncertainty", "measured_mean", "measured_low", "measured_high", "one_more_low", "one_more_high",
    )  # fmt: skip
    return table_of(rows, columns, floats, ("epoch", "n"))


def _cells(one: BesidePublished) -> tuple[object, ...]:
    said, measured = one.published, one.measured
    at = axes_text({path: axis_value(value) for path, value in said.at.items()})
    inside = "" if one.inside is None else str(one.inside).lower()
    ours = (measured.mean, measured.low, measured.high, one.one_more.low, one.one_more.high, measured.n)
    same_data = str(said.same_data).lower()
    return (
        said.id, said.arm, at, said.metric, said.epoch, said.value, said.uncertainty, *ours, inside,
        same_data, one.note, said.source or "",
    )  # fmt: skip


@dataclass(frozen=True)
class PublishedScore:
    """How well a study's published numbers are met, counted.

    `inside` of `compared` numbers, of the same data at the same size, meet the interval in which one more run of
    ours is expected, the source's ± counted in. For other data: of how many gaps between arms the sign is the
    same, opposite or undecided.
    """

    published: int
    compared: int
    inside: int
    same_sign: int
    opposite_sign: int
    undecided_sign: int


def published_score(beside: tuple[BesidePublished, ...], gaps: tuple[PublishedGap, ...]) -> PublishedScore:
    """Numbers without two finished runs beside them are in `published` alone."""
    inside, signs = [one.inside for one in beside if one.inside is not None], [gap.sign for gap in gaps]
    counts = (signs.count("same"), signs.count("opposite"), signs.count("undecided"))
    return PublishedScore(len(beside), len(inside), sum(inside), *counts)
