"""Section: a table with its title and how to read it. The page and report.html show the same ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bn_study.analysis.reaching import Reaching
from bn_study.analysis.statistics import smallest_n_for_significance
from bn_study.config.metric import CLAIM_METRICS
from bn_study.presentation.findings import Findings
from bn_study.presentation.words.beside import beside_text, gaps_text
from bn_study.presentation.words.measured import batch_statistics_text, differences_text, points_text, reaching_text
from bn_study.presentation.words.number import NOTHING, p_text
from bn_study.presentation.words.search import budget_text, title_of, tried_text
from bn_study.presentation.words.text_table import TextTable

_DIFFERENCES = (
    "Means over seeds, paired by seed, with 95 % t-intervals in parentheses; accuracies in percentage "
    "points. p: two-sided sign-flip test of the last accuracy; Holm: adjusted over this table. Ratios "
    "are geometric means. BN re-estimated: for arms without BN the accuracy as it stands."
)
_BATCH_STATISTICS = (
    "Validation accuracy after the last epoch: with BN's moving averages, as Keras reports it, and with "
    "statistics re-estimated on training data. Where both differ, the averages lag behind the weights."
)
_SEARCH = (
    "Means over seeds with 95 % t-intervals. In each seed the value with the best last accuracy on held-out images is "
    "chosen, and there the claim's metric is read."
)
_BUDGET = (
    "What is read, on average, where the best of so many trials is chosen, and a trial draws any value of the grid "
    "with the same chance (Dodge et al. 2019): an arm that is good at every value is good after one."
)
_PROBES = (
    "z: input of a nonlinearity, for the same 256 training images all through. g, G: gradients of the loss L; what "
    "lies ahead of a step is of the batch that training takes next. Means over layers and ends of epochs, if nothing "
    "else is said."
)
_OTHER_DATA = "Numbers of other data: what carries over is the gap between arms, its sign and its size."


@dataclass(frozen=True)
class Section:
    """`notes` stand below the table."""

    title: str
    table: TextTable
    notes: tuple[str, ...]


def result_sections(found: Findings) -> tuple[Section, ...]:
    """Arms; then, where there is something to show, differences, BN statistics, times, searches, formulas."""
    paths = found.study.axes
    sections = [
        Section("Arms", points_text(paths, [one.summary for one in found.points]), (*_about(found), *found.footnotes)),
        Section(
            f"Differences from {found.study.arms[0]}",
            differences_text(paths, found.differences, found.differences_p_holm),
            (_DIFFERENCES, *_power(len(found.study.seeds))),
        ),
        Section(
            "BN: moving averages and re-estimated statistics",
            batch_statistics_text(paths, found.batch_statistics),
            (_BATCH_STATISTICS,),
        ),
        *_reaching(found),
        *_searches(found),
        Section("What probes measured", _measured(found), (_PROBES,)),
    ]
    return tuple(section for section in sections if section.table.rows)


def _about(found: Findings) -> Iterator[str]:
    """What the arms are that the study says something of; with the name that files know them by."""
    for name, said in found.study.about.items():
        yield f"{found.study.labels[name]} ({name}): {said}"


def published_sections(found: Findings) -> tuple[Section, ...]:
    """Published numbers beside ours; the gaps between arms where they are of other data."""
    beside = beside_text(tuple(one.beside for one in found.published))
    sections = (
        Section("Numbers", beside, ()),
        Section("Gaps between arms", gaps_text(found.gaps), (_OTHER_DATA,)),
    )
    return tuple(section for section in sections if section.table.rows)


def _measured(found: Findings) -> TextTable:
    """The formulas of what claims speak of, where the label does not say them."""
    named = dict.fromkeys(metric for one in found.claims for metric in one.verdict.claim.metrics)
    rows = tuple((known.label, known.formula) for known in map(CLAIM_METRICS.__getitem__, named) if known.formula)
    return TextTable(("quantity", "formula"), rows, names=2)


def _power(seeds: int) -> Sequence[str]:
    least = smallest_n_for_significance(0.05)
    if seeds >= least:
        return ()
    lowest = f"With n = {seeds} no p can be below {p_text(2 / 2**seeds)}"
    return (f"{lowest}: significance at 0.05 needs {least} seeds or more. (Verdicts use t tests where they may.)",)


def _searches(found: Findings) -> list[Section]:
    """Two tables a claim: the grid with what was chosen, and what is expected after so many trials."""
    sections = []
    for judged in found.claims:
        claim = judged.verdict.claim
        own = [one for one in found.searches if one.claim == claim.id]
        if own:
            title = title_of(claim, own[0].path)
            sections += [
                Section(title, tried_text(own), (_SEARCH,)),
                Section(f"{title}, by the number of trials", budget_text(own), (_BUDGET,)),
            ]
    return sections


def _reaching(found: Findings) -> list[Section]:
    never = f"a run that never got there counts as later than all; {NOTHING}: half of the runs or more did not."
    by_accuracy: dict[float, list[Reaching]] = {}
    for one in found.reachings:
        by_accuracy.setdefault(one.reaching.accuracy, []).append(one.reaching)
    return [
        Section(
            f"To {100 * accuracy:g} % validation accuracy",
            reaching_text(found.study.axes, reached),
            (f"Medians; {never}",),
        )
        for accuracy, reached in by_accuracy.items()
    ]
