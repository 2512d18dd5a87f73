"""The one door to the terminal. Texts are shown as they are: no markup, and nothing in them steers the terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import Any, NoReturn

import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.table import Column, Table
from rich.text import Text

from bn_study.datasets.visible import visible_lines


class Terminal(Console):
    """As wide as the terminal; 120 columns elsewhere, so that tables in a pipe keep their lines."""

    def __init__(self) -> None:
        super().__init__(markup=False, emoji=False, highlight=False)
        if not self.is_terminal and "COLUMNS" not in os.environ:
            self.width = 120

    def say(self, text: str, style: str = "") -> None:
        """A line, or several. A long one is not broken: it may hold a path that people copy."""
        self.print(text, style=style, soft_wrap=True)

    def render_str(self, text: str, **how: Any) -> Text:
        return super().render_str(visible_lines(text), **how)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(visible_lines(segment.text), segment.style)


def table_of(*heads: str, title: str | None = None) -> Table:
    """Texts that are too wide go on in the next line, and are never cut: names, addresses."""
    columns = (Column(head, overflow="fold") for head in heads)
    return Table(*columns, box=None, title=title, title_justify="left")


def complain(message: str) -> None:
    """A line, or several, on standard error."""
    print(visible_lines(message), file=sys.stderr)


def fail(message: str, code: int) -> NoReturn:
    """Say why, and end the command with this exit code."""
    complain(message)
    raise typer.Exit(code)
