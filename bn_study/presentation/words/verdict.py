"""Verdicts in words: the sentence for people, the effect as text, and the table of claims."""

from __future__ import annotations

import math
from collections.abc import Sequence

from bn_study.analysis.axis import axes_text, axis_name, axis_text, axis_value
from bn_study.analysis.decision import Outcome
from bn_study.analysis.e_process import DECISIVE
from bn_study.analysis.statement import ABOVE
from bn_study.analysis.verdict import Verdict
from bn_study.config.claim import Claim, Correlation, Peak, Value
from bn_study.config.metric import CLAIM_METRICS
from bn_study.presentation.words.number import (
    NOTHING,
    Scale,
    amount,
    as_printed,
    e_text,
    number,
    p_equals,
    p_text,
    scale_of,
    signed,
)
from bn_study.presentation.words.text_table import TextTable
from bn_study.presentation.words.wording import enumeration

_EFFECTS = (
    "Effects are the first arm minus the second, paired by seed; of a value, what is measured minus the number that is "
    "claimed, or how far inside of two it lies; of a correlation, Spearman's ρ. Supported: "
    "the effect is beyond the margin, where it is claimed. Contradicted: it is on the other side. Below the margin: it "
    "is not as large as claimed. "
)
HOW_JUDGED = (
    f"{_EFFECTS}Each is said if the one-sided p of its opposite, adjusted by Holm over these claims, "
    "is at most 0.05, and the 95 % interval agrees. Else undecided."
)
HOW_JUDGED_AT_ANY_TIME = (
    f"{_EFFECTS}Seeds are added one by one until each is said, or no more are allowed: undecided. It is said once the "
    f"evidence against its opposite, an e-value adjusted by e-Holm over these claims, is {DECISIVE:g} or more, which "
    "is wrong in one of 20 studies at most, however often one looks. The 95 % intervals hold after every seed at once."
)
MARKS: dict[Outcome, str] = {"supported": "✔", "below_margin": "◐", "contradicted": "✘", "undecided": "?"}
_ACCURACY_POINTS = Scale(100.0, "points", 1)
_CORRELATION = Scale(1.0, "", 2)


def how_judged(verdicts: Sequence[Verdict]) -> str:
    """By which rule."""
    return HOW_JUDGED_AT_ANY_TIME if any(one.looks for one in verdicts) else HOW_JUDGED


def outcome_text(outcome: Outcome) -> str:
    """'supported', 'below the margin'."""
    return "below the margin" if outcome == "below_margin" else outcome


def verdict_text(verdict: Verdict) -> str:
    """'supported'; 'right direction, below the margin' where the interval shows the direction, too."""
    right = verdict.low > 0 if verdict.claim.expectation.side == "higher" else verdict.high < 0
    prefix = "right direction, " if verdict.outcome == "below_margin" and right else ""
    return prefix + outcome_text(verdict.outcome)


def marked(verdict: Verdict) -> str:
    """'✔ supported'."""
    return f"{MARKS[verdict.outcome]} {verdict_text(verdict)}"


def effect_scale(claim: Claim) -> Scale:
    """As the metric is shown; differences of percentages are points."""
    if claim.correlate:
        return _CORRELATION
    return _ACCURACY_POINTS if CLAIM_METRICS[claim.metric].unit == "fraction" else scale_of(claim.metric)


def quantity_text(claim: Claim) -> str:
    """'epochs to 45 % validation accuracy', 'validation accuracy, last epoch'."""
    return CLAIM_METRICS[claim.metric].named(claim.argument)


def expectation_text(claim: Claim) -> str:
    """What would have to be measured: 'bn lower than dropout by more than 1.0 points in …'."""
    at = axes_text({path: axis_value(value) for path, value in claim.at.items()})
    where = f" at {at}" if at else ""
    if claim.peak:
        best = f"best{_more_than(claim)}" if claim.peak.bound >= 0 else f"as good as any{_to_within(claim)}"
        return f"{claim.peak.arm} {best} at {_between(claim.peak)}{where}: {quantity_text(claim)}"
    if claim.interaction:
        before, after = (axis_text(axis_value(value)) for value in claim.interaction.between)
        axis, expect = axis_name(claim.interaction.axis), claim.interaction.expect.replace("_", " ")
        what = f"{claim.arms[0]} minus {claim.arms[1]} {expect} at {axis} {after} than at {before}"
        return f"{what}{_more_than(claim)}{where}: {quantity_text(claim)}"
    if claim.value:
        return f"{claim.value.arm} {_claimed(claim, claim.value)}{where}{_over_points(claim)}: {quantity_text(claim)}"
    if claim.correlate:
        return f"{_correlated(claim, claim.correlate)}{where}"
    assert claim.compare is not None
    expect, other = claim.compare.expect.replace("_", " "), claim.compare.with_arm
    best = f", each at its best {axis_name(claim.compare.each_at_its_best)}" if claim.compare.each_at_its_best else ""
    over = f"{where}{best}{_over_points(claim)}"
    return f"{claim.compare.arm} {expect} than {other}{_more_than(claim)}{over}: {quantity_text(claim)}"


def _claimed(claim: Claim, value: Value) -> str:
    """'lower than 0.5', 'between 40 and 60 %'."""
    scale = scale_of(claim.metric)
    numbers = (value.than,) if value.between is None else value.between
    said = " and ".join(as_printed(one, scale) for one in numbers if one is not None)
    return f"{f'{value.expect} than' if value.expect else 'between'} {said} {scale.unit}".rstrip()


def _correlated(claim: Claim, correlate: Correlation) -> str:
    """'training time and parameters correlate positively, over the runs of each arm'."""
    other = CLAIM_METRICS[correlate.with_metric].named()
    how = f"correlate {correlate.expect}ly{_more_than(claim)}"
    return f"{quantity_text(claim)} and {other} {how}, {_over_runs(correlate)}"


def _over_runs(correlate: Correlation) -> str:
    """'over all runs', 'over the runs of each arm', 'over the runs of bn'."""
    arms = correlate.arms or ()
    if len(arms) == 1:
        return f"over the runs of {arms[0]}"
    if correlate.within == "all":
        return f"over the runs of {enumeration(arms)} together" if arms else "over all runs"
    return f"over the runs of {f'{enumeration(arms)} each' if arms else 'each arm'}"


def _over_points(claim: Claim) -> str:
    """' at every batch size', ' at 5 or more values of the learning rate'."""
    if claim.at_every:
        return f" at every {axis_name(claim.at_every)}"
    if claim.at_least:
        along = claim.at_least.along
        return f" at {claim.at_least.points} or more {f'values of the {axis_name(along)}' if along else 'grid points'}"
    return ""


def _between(peak: Peak) -> str:
    """'batch size 50 to 100', 'dropout rate 0'."""
    low, high = peak.between
    return f"{axis_name(peak.axis)} {low:g}{f' to {high:g}' if high != low else ''}"


def _to_within(claim: Claim) -> str:
    return f" to within {amount(claim.expectation.margin, effect_scale(claim))}"


def _more_than(claim: Claim) -> str:
    margin = claim.expectation.margin
    return f" by more than {amount(margin, effect_scale(claim))}" if margin else ""


def effect_text(verdict: Verdict) -> str:
    """'−1.2 points (−2.0 to −0.4)'; in words where the median pair has a run without end, in time or in size."""
    scale, value = effect_scale(verdict.claim), verdict.effect
    if math.isinf(value):
        if _diverges(verdict.claim):
            return "diverged" if value > 0 else "did not diverge, the other did"
        return "never got there" if value > 0 else "got there, the other never"
    if math.isnan(value):
        return NOTHING
    interval = f" ({_interval(verdict)})" if _interval(verdict) else ""
    return f"{signed(value, scale)} {scale.unit}".rstrip() + interval


def _diverges(claim: Claim) -> bool:
    """Whether an infinite value is one of a run that diverged."""
    return claim.diverged_as == "largest"


def _interval(verdict: Verdict) -> str:
    """'−2.0 to −0.4'; empty without one."""
    ends = (verdict.low, verdict.high)
    return "" if math.isnan(verdict.low) else " to ".join(_end(verdict.claim, end) for end in ends)


def _end(claim: Claim, value: float) -> str:
    if math.isinf(value):
        word = "diverged" if _diverges(claim) else "never"
        return word if value > 0 else f"the other {word}"
    return signed(value, effect_scale(claim))


def verdict_sentence(verdict: Verdict) -> str:
    """One sentence for people: what was found, how sure, and what the number hides."""
    cautions = f" ({'; '.join(verdict.cautions)})" if verdict.cautions else ""
    return f"{_found(verdict)}{cautions}."


def _found(verdict: Verdict) -> str:
    if verdict.why:
        return f"Nothing to judge: {verdict.why}"
    too_few = _has_too_few(verdict)
    if _all_equal(verdict):
        equal = _equal(verdict.claim)
        return f"n = {verdict.n}, at least {verdict.least_n} needed; so far {equal}" if too_few else equal
    seen = _seen(verdict)
    if too_few:
        return f"n = {verdict.n}, at least {verdict.least_n} needed; so far {seen}"
    sure = f"{p_equals(verdict.p_holm)} after Holm" if verdict.evidence is None else evidence_text(verdict.evidence)
    tail = {
        "supported": "",
        "contradicted": "the other side of what is claimed, ",
        "below_margin": f"less than the {amount(verdict.claim.expectation.margin, effect_scale(verdict.claim))} "
        "that are claimed, ",
        "undecided": f"{_why_open(verdict)}, ",
    }[verdict.outcome]
    return f"{seen}; {tail}{sure}"


def evidence_text(evidence: float) -> str:
    """'evidence 34 (20 decides)'."""
    return f"evidence {e_text(evidence)} ({DECISIVE:g} decides)"


def _has_too_few(verdict: Verdict) -> bool:
    return verdict.least_n is not None and verdict.n < verdict.least_n


def _all_equal(verdict: Verdict) -> bool:
    return verdict.test == "sign" and verdict.effect == 0 and verdict.sign_flip_p == 1.0 and verdict.p_value == 1.0


def _equal(claim: Claim) -> str:
    if claim.value:
        return f"{quantity_text(claim)} of {claim.value.arm} is what is claimed, run by run"
    if claim.correlate:
        return f"{quantity_text(claim)} and {CLAIM_METRICS[claim.correlate.with_metric].named()} are not correlated"
    return f"{' and '.join(claim.arms)} are equal in {quantity_text(claim)}, pair by pair"


def _seen(verdict: Verdict) -> str:
    """'with bn, the time of a step is 3.1 ms higher than with plain (+2.0 to +4.2; n = 5)'."""
    claim, scale = verdict.claim, effect_scale(verdict.claim)
    side = "higher" if verdict.effect > 0 else "lower"
    n = "" if _has_too_few(verdict) else f"n = {verdict.n}"  # which then stands before it all
    parts = "; ".join(filter(None, (_interval(verdict), n)))
    behind = f" ({parts})" if parts else ""
    if claim.peak:
        what = f"the best {quantity_text(claim)} of {claim.peak.arm} at {_between(claim.peak)}"
        return f"{what} is {amount(verdict.effect, scale)} {side} than the best outside{behind}"
    if claim.interaction:
        before, after = (axis_text(axis_value(value)) for value in claim.interaction.between)
        what = f"{claim.arms[0]} minus {claim.arms[1]} in {quantity_text(claim)}"
        where = f"at {axis_name(claim.interaction.axis)} {after} than at {before}"
        return f"{what} is {amount(verdict.effect, scale)} {side} {where}{behind}"
    if claim.correlate:
        other, runs = CLAIM_METRICS[claim.correlate.with_metric].named(), _over_runs(claim.correlate)
        rho = f"{quantity_text(claim)} and {other} have a rank correlation of {signed(verdict.effect, scale)}"
        return f"{rho}, {runs}{behind}"
    if claim.value:
        return f"{'' if claim.value.between else _point(verdict)}{_against_number(verdict, claim.value, behind)}"
    return f"{_point(verdict)}{_compared(verdict, behind)}"


def _against_number(verdict: Verdict, value: Value, behind: str) -> str:
    """'decay of the gradient of sigmoid is 0.632, 0.132 higher than 0.5 (+0.120 to +0.144; n = 6)'."""
    claim, what = verdict.claim, f"{quantity_text(verdict.claim)} of {value.arm}"
    if math.isinf(verdict.effect):
        return f"in the median run {value.arm} {'diverged' if _diverges(claim) else 'never got there'}{behind}"
    scale, much = scale_of(claim.metric), amount(verdict.effect, effect_scale(claim))
    if value.between is None:
        assert value.than is not None
        measured, side = value.than + verdict.effect, "higher" if verdict.effect > 0 else "lower"
        apart = f"{much} {side} than {_printed(value.than, scale)}" if verdict.effect else "as claimed"
    else:
        nearer, sign = (value.between[0], 1) if verdict.at == ABOVE else (value.between[1], -1)
        measured = nearer + sign * verdict.effect
        apart = f"{much} {'inside' if verdict.effect > 0 else 'outside'} of {_printed(nearer, scale)}"
    said = f"{number(measured, scale)} {scale.unit}".rstrip()
    return f"{what} is {said}, {apart}{behind}"


def _printed(bound: float, scale: Scale) -> str:
    return f"{as_printed(bound, scale)} {scale.unit}".rstrip()


def _point(verdict: Verdict) -> str:
    """'at learning rate 0.1, the weakest of 7 points, ': whose effect it is."""
    if not verdict.points:
        return ""
    count = len(verdict.points)
    counted = verdict.claim.at_least.points if verdict.claim.at_least else count
    rank = f"the weakest of all {count} points" if counted == count else f"number {counted} of {count} points by effect"
    return f"at {verdict.at}, {rank}, "


def _compared(verdict: Verdict, behind: str) -> str:
    claim, scale, (one, other) = verdict.claim, effect_scale(verdict.claim), verdict.claim.arms
    side = "higher" if verdict.effect > 0 else "lower"
    if math.isinf(verdict.effect):
        late, early = (one, other) if verdict.effect > 0 else (other, one)
        if _diverges(claim):
            return f"in the median pair {late} diverged and {early} did not{behind}"
        return f"in the median pair {early} got there and {late} never did{behind}"
    if verdict.effect == 0:
        return f"{one} and {other} do not differ in {quantity_text(claim)} in the median pair{behind}"
    much = amount(verdict.effect, scale)
    if claim.accuracy is not None:
        more = "more" if verdict.effect > 0 else "less" if scale.unit == "s" else "fewer"
        return f"{one} needs {much} {more} than {other} to {100 * claim.accuracy:g} % validation accuracy{behind}"
    if claim.within is not None:
        count, more = number(abs(verdict.effect), scale), "more" if verdict.effect > 0 else "fewer"
        return f"{one} has {count} {more} {quantity_text(claim)} than {other}{behind}"
    return f"{quantity_text(claim)} is {much} {side} with {one} than with {other}{behind}"


def _why_open(verdict: Verdict) -> str:
    expectation = verdict.claim.expectation
    if not expectation.margin:
        return "not settled"
    least = amount(expectation.margin, effect_scale(verdict.claim))
    claimed = f"not worse by {least}" if expectation.bound < 0 else f"more than {least}"
    return f"claimed is {claimed}, which is not settled"


def claims_text(verdicts: Sequence[Verdict]) -> TextTable:
    """One row a claim: the source's sentence, what was tested, the verdict, the effect and its p, or its evidence."""
    at_any_time = any(verdict.looks for verdict in verdicts)
    sure = ("evidence",) if at_any_time else ("p (Holm)", "p (sign flip)")
    header = ("claim", "tested", "verdict", "effect (95 % interval)", "n", *sure)
    return TextTable(header, tuple(_row(verdict, at_any_time) for verdict in verdicts), names=3)


def _row(verdict: Verdict, at_any_time: bool) -> tuple[str, ...]:
    p_values = (p_text(verdict.p_holm), p_text(verdict.sign_flip_p))
    sure = (e_text(math.nan if verdict.evidence is None else verdict.evidence),) if at_any_time else p_values
    tested = expectation_text(verdict.claim)
    return (verdict.claim.says, tested, marked(verdict), effect_text(verdict), str(verdict.n), *sure)


def tally(verdicts: Sequence[Verdict]) -> str:
    """'Of 4 claims 1 is supported, 1 contradicted, 2 undecided.'"""
    counts = {outcome: sum(one.outcome == outcome for one in verdicts) for outcome in MARKS}
    said = ", ".join(f"{n} {outcome_text(outcome)}" for outcome, n in counts.items() if n)
    return f"{len(verdicts)} claim{'s' * (len(verdicts) != 1)}: {said}." if verdicts else "This study makes no claim."
