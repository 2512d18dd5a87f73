"""Published numbers and gaps beside ours, as tables of texts."""

from __future__ import annotations

from bn_study.analysis.axis import axes_text, axis_value
from bn_study.analysis.frame import Table
from bn_study.analysis.published import BesidePublished, PublishedGap, published_gaps
from bn_study.analysis.statistics import Interval
from bn_study.config.study import Published
from bn_study.planning.expansion import Plan
from bn_study.presentation.number import NOTHING, as_printed, mean_and_half, scale_of, signed_range
from bn_study.presentation.text_table import TextTable
from bn_study.presentation.wording import arm_label, label_of

_INSIDE = {True: "yes", False: "no", None: NOTHING}


def beside_text(beside: tuple[BesidePublished, ...]) -> TextTable:
    """One row a published number: its place, its value, ours, whether both ranges meet."""
    header = ("id", "arm", "what", "published", "measured", "n", "inside", "note")
    return TextTable(header, tuple(map(_beside, beside)), names=3)


def _beside(one: BesidePublished) -> tuple[str, ...]:
    said, scale = one.published, scale_of(one.published.metric)
    off = f" ± {as_printed(said.uncertainty, scale)}" if said.uncertainty else ""
    measured = _with_unit(mean_and_half(one.measured, scale), scale.unit)
    published = _with_unit(f"{as_printed(said.value, scale)}{off}", scale.unit)
    arm = arm_label(said.arm, one.variant)
    return (
        said.id,
        arm,
        _what(said),
        published,
        measured,
        str(one.measured.n),
        _INSIDE[one.inside],
        one.note,
    )


def gaps_text(plan: Plan, runs: Table, epochs: Table) -> TextTable:
    """One row a pair of arms of which the source printed the same metric, on other data than ours."""
    header = ("arms", "what", "published gap", "measured gap", "n", "sign")
    return TextTable(header, tuple(map(_gap, published_gaps(plan, runs, epochs))), names=2)


def _gap(gap: PublishedGap) -> tuple[str, ...]:
    one, other = gap.published
    scale = scale_of(one.metric)
    off, nan = gap.uncertainty, float("nan")
    said = Interval(gap.value, gap.value - off if off else nan, gap.value + off if off else nan, 1)
    arms = f"{one.arm} - {other.arm}"
    measured = signed_range(gap.measured, scale)
    return (arms, _what(one), signed_range(said, scale), measured, str(gap.measured.n), gap.sign)


def _what(said: Published) -> str:
    at = axes_text({path: axis_value(value) for path, value in said.at.items()})
    epoch = f"epoch {said.epoch}" if said.epoch is not None else ""
    return ", ".join(filter(None, (label_of(said.metric, "epoch" if epoch else "run"), epoch, at)))


def _with_unit(text: str, unit: str) -> str:
    return text if text == NOTHING or not unit else f"{text} {unit}"
