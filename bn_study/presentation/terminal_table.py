"""The comparison table that is printed after a run."""

from __future__ import annotations

from collections.abc import Sequence

from rich.markup import escape
from rich.table import Table as Printed
from rich.text import Text

from bn_study.analysis.frame import Table
from bn_study.analysis.verdict import Verdict
from bn_study.planning.expansion import Plan
from bn_study.presentation.comparison_text import SHORT_HEADS, comparison_notes, comparison_text
from bn_study.presentation.verdict_text import MARKS, tally, verdict_sentence

_STYLES = {"supported": "bold green", "contradicted": "bold red", "undecided": "bold yellow"}


def comparison_table(plan: Plan, points: Table, runs: Table) -> Printed:
    """One row an arm and grid point, without rules: about 80 columns, and as readable in a pipe."""
    texts = comparison_text(plan, points, short_heads=True)
    table = Printed(
        title=escape(plan.source.study.title),
        caption=escape("\n".join((*comparison_notes(plan, runs), SHORT_HEADS))),
        title_justify="left",
        caption_justify="left",
        title_style="bold",
        caption_style="",
        box=None,
        padding=(0, 1, 0, 0),
    )
    for place, name in enumerate(texts.header):
        table.add_column(
            escape(name), justify="left" if place < texts.names else "right", no_wrap=place >= texts.names - 1
        )
    seeds = texts.names - 1
    for row in texts.rows:
        cells = (*row[:seeds], row[seeds].replace(", ", "\n"), *row[seeds + 1 :])
        table.add_row(*map(escape, cells))
    return table


def verdict_lines(verdicts: Sequence[Verdict]) -> Text:
    """How many claims hold, then a line a claim: the word, the source's sentence, what was found."""
    lines = Text(f"\n{tally(verdicts)}\n")
    for verdict in verdicts:
        lines.append(f"{MARKS[verdict.outcome]} {verdict.outcome}", style=_STYLES[verdict.outcome])
        lines.append(f"  “{verdict.claim.says}”: {verdict_sentence(verdict)}\n")
    return lines
