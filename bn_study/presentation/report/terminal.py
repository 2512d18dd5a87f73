"""What is printed after a run: a table of arms that is readable at any width and in a pipe, and the verdicts."""

from __future__ import annotations

from rich.console import Group
from rich.text import Text

from bn_study.execution.terminal import fitted
from bn_study.presentation.findings import Findings
from bn_study.presentation.words.measured import SHORT_HEADS, points_text
from bn_study.presentation.words.verdict import marked

_STYLES = {
    "supported": "bold green",
    "contradicted": "bold red",
    "below_margin": "bold cyan",
    "undecided": "bold yellow",
}


def comparison_table(found: Findings, width: int) -> Group:
    """One row an arm and grid point, in `width` columns; what there is no room for is named below."""
    found = found.in_words
    texts = points_text(found.study.axes, [one.summary for one in found.points], short_heads=True)
    seeds = texts.names - 1
    rows = [(*row[:seeds], row[seeds].replace(", ", "\n"), *row[seeds + 1 :]) for row in texts.rows]
    table, left_out = fitted(texts.header, rows, texts.names - 1, width, least=2)
    narrow = [f"Too narrow for: {', '.join(left_out)}; table.csv has them."] if left_out else []
    return Group(Text(found.study.title, style="bold"), table, *map(Text, (*found.footnotes, SHORT_HEADS, *narrow)))


def verdict_lines(found: Findings) -> Text:
    """How many claims hold, then a line a claim: the word, the source's sentence, what was found."""
    lines = Text(f"\n{found.tally}\n")
    for judged in found.claims:
        lines.append(marked(judged.verdict), style=_STYLES[judged.verdict.outcome])
        lines.append(f"  “{judged.verdict.claim.says}”: {judged.sentence}\n")
    return lines
