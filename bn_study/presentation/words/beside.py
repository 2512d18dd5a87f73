"""Published numbers and gaps beside ours, as tables of texts."""

from __future__ import annotations

from bn_study.analysis.axis import axes_text, axis_value
from bn_study.analysis.published import BesidePublished, PublishedGap, PublishedScore
from bn_study.analysis.statistics import Interval
from bn_study.config.study import Published
from bn_study.presentation.words.number import MINUS, NOTHING, as_printed, mean_and_half, scale_of, signed_range, span
from bn_study.presentation.words.text_table import TextTable
from bn_study.presentation.words.wording import arm_label, label_of

_INSIDE = {True: "yes", False: "no", None: NOTHING}


def beside_text(beside: tuple[BesidePublished, ...]) -> TextTable:
    """One row a published number: its place, its value, ours, where one more run is expected, whether it lies there."""
    header = ("id", "arm", "what", "published", "measured", "n", "one more run", "inside", "note")
    return TextTable(header, tuple(map(_beside, beside)), names=3)


def brief_beside_text(beside: tuple[BesidePublished, ...]) -> TextTable:
    """The same for a slide: without ids, and with the reason in the place of a number that is not there."""
    _, *header, _ = beside_text(()).header
    rows = []
    for one in beside:
        _, arm, what, published, measured, n, one_more, inside, note = _beside(one)
        rows.append((arm, what, published, note if measured == NOTHING else measured, n, one_more, inside))
    return TextTable(tuple(header), tuple(rows), names=2)


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
        span(one.one_more, scale),
        _INSIDE[one.inside],
        one.note,
    )


def gaps_text(gaps: tuple[PublishedGap, ...]) -> TextTable:
    """One row a pair of arms of which the source printed the same metric, on other data than ours."""
    header = ("arms", "what", "published gap", "measured gap", "n", "sign")
    return TextTable(header, tuple(map(_gap, gaps)), names=2)


def score_text(score: PublishedScore) -> str:
    """'Of 12 numbers 9 lie where one more run of ours is expected (75 %). Of 8 gaps …'; empty without numbers."""
    said = []
    if score.compared:
        share = f"{score.inside / score.compared:.0%}".replace("%", " %")
        said.append(
            f"Of {score.compared} published numbers of the same data and size {score.inside} lie where one more run of "
            f"ours is expected ({share}): mean ± t · s · √(1 + 1/n), which holds 95 % of true replications."
        )
    gaps = score.same_sign + score.opposite_sign + score.undecided_sign
    if gaps:
        signs = (
            f"{score.same_sign} have our sign, {score.opposite_sign} the opposite, {score.undecided_sign} are undecided"
        )
        said.append(f"Of {gaps} published gaps on other data {signs}.")
    if score.published and not said:
        said.append(f"None of {score.published} published numbers is scored: see the notes beside them.")
    return " ".join(said)


def score_title(score: PublishedScore) -> str:
    """'9 of 12 published numbers are met', '7 of 8 published gaps have our sign'; else the name of both."""
    signs = (score.same_sign, score.opposite_sign, score.undecided_sign)
    if score.compared:
        return f"{score.inside} of {score.compared} published numbers lie where one more run of ours is expected"
    if sum(signs):
        return f"{score.same_sign} of {sum(signs)} published gaps between arms have the sign that is measured here"
    return "Published and measured"


def _gap(gap: PublishedGap) -> tuple[str, ...]:
    one, other = gap.published
    scale = scale_of(one.metric)
    off, nan = gap.uncertainty, float("nan")
    said = Interval(gap.value, gap.value - off if off else nan, gap.value + off if off else nan, 1)
    arms = f"{one.arm} {MINUS} {other.arm}"
    measured = signed_range(gap.measured, scale)
    return (arms, _what(one), signed_range(said, scale), measured, str(gap.measured.n), gap.sign)


def _what(said: Published) -> str:
    at = axes_text({path: axis_value(value) for path, value in said.at.items()})
    epoch = f"epoch {said.epoch}" if said.epoch is not None else ""
    return ", ".join(filter(None, (label_of(said.metric, "epoch" if epoch else "run"), epoch, at)))


def _with_unit(text: str, unit: str) -> str:
    return text if text == NOTHING or not unit else f"{text} {unit}"
