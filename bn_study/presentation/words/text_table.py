"""TextTable: a table whose cells are texts already; for the terminal and for Markdown."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class TextTable:
    """`header` and every row have one length; the first `names` columns hold names, the others numbers."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    names: int = 1

    def markdown(self) -> str:
        """A table of GitHub's Markdown: names to the left, numbers to the right; empty without rows."""
        if not self.rows:
            return ""
        aligned = [":--" if place < self.names else "--:" for place in range(len(self.header))]
        lines = [list(map(escaped, self.header)), aligned, *(list(map(escaped, row)) for row in self.rows)]
        return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def escaped(text: str) -> str:
    """On one line, with nothing in it that Markdown or HTML would read as more than text."""
    return re.sub(r"([\\`*\[\]<>|])", r"\\\1", " ".join(text.split()))
