"""Tables on a terminal: what tells rows apart is never cut. Other columns give way, the last ones first."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text

_BETWEEN = 2  # columns of the terminal between two of the table


def fitted(
    header: Sequence[str], rows: Sequence[Sequence[str]], names: int, width: int, least: int = 1
) -> tuple[RenderableType, tuple[str, ...]]:
    """A table of plain texts in `width` columns, and the heads of what is left out for want of room.

    The first `names` columns tell rows apart. Where not even `least` more fit, a row becomes a block: its names, and
    below them everything else.
    """
    widths = [max(map(_width, column)) for column in zip(header, *rows, strict=True)]
    shown = len(header)
    while shown > names + least and _total(widths[:shown]) > width:
        shown -= 1
    if _total(widths[:shown]) > width:
        return Group(*(_block(header, row, names) for row in rows)), ()
    table = Table(*_columns(header[:shown], names), box=None, pad_edge=False, padding=(0, _BETWEEN, 0, 0))
    for row in rows:
        table.add_row(*map(Text, row[:shown]))
    return table, tuple(" ".join(head.split()) for head in header[shown:])


def _columns(header: Sequence[str], names: int) -> list[Column]:
    return [
        Column(Text(head), justify="left" if column < names else "right", no_wrap=True)
        for column, head in enumerate(header)
    ]


def _block(header: Sequence[str], row: Sequence[str], names: int) -> Group:
    """'bn, learning rate 0.01', and below it 'seeds 6/6, accuracy 52.3 ± 0.4'; a name too long for a line goes on."""
    who, what = (row[0], *_said(header[1:names], row[1:names])), _said(header[names:], row[names:])
    below = [Padding(Text(", ".join(what)), (0, 0, 0, 2))] if what else []
    return Group(Text(", ".join(who), style="bold", overflow="fold"), *below)


def _said(header: Sequence[str], cells: Sequence[str]) -> list[str]:
    return [" ".join(f"{head} {cell}".split()) for head, cell in zip(header, cells, strict=True) if cell]


def _width(text: str) -> int:
    return max(map(cell_len, text.split("\n")))


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + _BETWEEN * (len(widths) - 1)
