"""A HeatChart as SVG: a cell shows its number, and in full on hover."""

from __future__ import annotations

import math
from html import escape

from bn_study.presentation.drawing.heat_colors import heat_color
from bn_study.presentation.drawing.style import text_on
from bn_study.presentation.drawing.svg import WIDTH, hover, labelled, svg, text
from bn_study.presentation.figures.heat_chart import HeatCell, HeatChart, HeatPanel, color_range

_LEFT, _RIGHT, _TOP, _ROW = 100, 10, 28, 44


def heat_svgs(chart: HeatChart) -> list[str]:
    """One SVG an arm, on one scale of colours."""
    return [_panel(chart, panel) for panel in chart.panels]


def _panel(chart: HeatChart, panel: HeatPanel) -> str:
    width = (WIDTH - _LEFT - _RIGHT) / len(chart.x_ticks)
    bottom = _TOP + _ROW * len(chart.y_ticks)
    parts = [text(WIDTH / 2, 16, panel.title, "middle", "panel")]
    for rank, (tick, row) in enumerate(zip(chart.y_ticks, panel.rows, strict=True)):
        top = bottom - _ROW * (rank + 1)
        parts.append(text(_LEFT - 6, top + _ROW / 2 + 5, tick, "end"))
        for place, cell in enumerate(row):
            what = f"{panel.title}, {chart.x_label} {chart.x_ticks[place]}, {chart.y_label} {tick}"
            parts.append(_cell(chart, cell, _LEFT + place * width, top, width, what))
    for place in labelled(chart.x_ticks, WIDTH - _LEFT - _RIGHT):
        parts.append(text(_LEFT + (place + 0.5) * width, bottom + 18, chart.x_ticks[place], "middle"))
    parts.append(text((_LEFT + WIDTH) / 2, bottom + 40, chart.x_label, "middle"))
    parts.append(text(14, (_TOP + bottom) / 2, chart.y_label, "middle", turn=True))
    return svg(bottom + 50, "".join(parts), f"{chart.title}: {panel.title}")


def _cell(chart: HeatChart, cell: HeatCell, x: float, y: float, width: float, what: str) -> str:
    known = math.isfinite(cell.value.mean)
    color = heat_color(cell.value.mean, *color_range(chart)) if known else ""
    look = f'fill="{color}"' if known else 'style="fill:var(--card);stroke:var(--line)"'
    diverged = f"✕ {cell.diverged}/{cell.planned}" if cell.diverged else ""
    title = f"<title>{escape(_hover(cell, what))}</title>"
    rect = f'<rect x="{x + 1:.1f}" y="{y + 1}" width="{width - 2:.1f}" height="{_ROW - 2}" {look}>{title}</rect>'
    said = [part for part in (cell.text, diverged) if part]
    first = y + _ROW / 2 + 5 - 9 * (len(said) - 1)
    ink = f' style="fill:{text_on(color)};pointer-events:none"' if known else ' style="pointer-events:none"'
    middle = f'x="{x + width / 2:.1f}" text-anchor="middle"'
    lines = (f'<text {middle} y="{first + 18 * n:.1f}"{ink}>{escape(part)}</text>' for n, part in enumerate(said))
    return rect + "".join(lines)


def _hover(cell: HeatCell, what: str) -> str:
    value = cell.value
    said = f"{hover(what, value)}, n = {value.n}" if math.isfinite(value.mean) else f"{what}: no value"
    return said + (f"; {cell.diverged} of {cell.planned} runs diverged" if cell.diverged else "")
