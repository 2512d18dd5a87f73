"""The course of a study until decided in words: why it ends, or what it waits for."""

from __future__ import annotations

from bn_study.analysis.rounds import Course
from bn_study.planning.expansion import Plan
from bn_study.presentation.words.wording import enumeration


def why_it_ends(course: Course, plan: Plan) -> str:
    """'All 4 claims are decided after 9 seeds.'; of claims that are open, which ones."""
    until, claims = plan.source.study.until, course.claims
    assert until is not None
    still = [one.hearing.claim.id for one in claims if one.outcome == "undecided"]
    after = f"after {course.seeds} seeds"
    if course.seeds < until.first:
        return f"Claims are looked at from {until.first} seeds on; {course.seeds} have all their runs."
    if not still:
        return f"All {len(claims)} claims are decided {after}." if len(claims) > 1 else f"The claim is decided {after}."
    named = f"{len(still)} of {len(claims)} claims {'are' if len(still) > 1 else 'is'} open: {enumeration(still)}"
    if not any(one.is_open for one in claims):
        return f"No seed more would decide anything {after}; {named}, for nothing can be judged there."
    most = f", the most that there may be; {named}." if course.seeds == until.most else f" {named}."
    return f"{after.capitalize()}{most}"
