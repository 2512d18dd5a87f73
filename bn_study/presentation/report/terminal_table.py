"""The comparison table that is printed after a run."""

from __future__ import annotations

from rich.markup import escape
from rich.table import Table as Printed
from rich.text import Text

from bn_study.presentation.report.findings import Findings
from bn_study.presentation.words.comparison import SHORT_HEADS, points_text
from bn_study.presentation.words.verdict import MARKS

_STYLES = {"supported": "bold green", "contradicted": "bold red", "undecided": "bold yellow"}


def comparison_table(found: Findings) -> Printed:
    """One row an arm and grid point, without rules: about 80 columns, and as readable in a pipe."""
    texts = points_text(found.study.axes, [one.summary for one in found.points], short_heads=True)
    table = Printed(
        title=escape(found.study.title),
        caption=escape("\n".join((*found.footnotes, SHORT_HEADS))),
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


def verdict_lines(found: Findings) -> Text:
    """How many claims hold, then a line a claim: the word, the source's sentence, what was found."""
    lines = Text(f"\n{found.tally}\n")
    for judged in found.claims:
        outcome = judged.verdict.outcome
        lines.append(f"{MARKS[outcome]} {outcome}", style=_STYLES[outcome])
        lines.append(f"  “{judged.verdict.claim.says}”: {judged.sentence}\n")
    return lines
