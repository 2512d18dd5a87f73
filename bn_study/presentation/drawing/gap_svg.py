"""A GapChart as SVG: dumbbells with their numbers on hover."""

from __future__ import annotations

import math
from html import escape

from bn_study.analysis.statistics import Interval
from bn_study.presentation.drawing.style import arm_color
from bn_study.presentation.drawing.svg import WIDTH, hover, marks, scale, shown, svg, text
from bn_study.presentation.figures.gap_chart import GapChart, GapPanel, GapRow

_NAMES, _RIGHT, _TOP, _ROW = 130, 20, 34, 44


def gap_svgs(chart: GapChart) -> list[str]:
    """One SVG a panel, on one scale."""
    rows = [row for panel in chart.panels for row in panel.rows]
    ends = [end for row in rows for one in (row.train, row.validation) for end in (one.mean, one.low, one.high)]
    finite = [end for end in ends if math.isfinite(end)] or [0.0, 100.0]
    return [_panel(chart, panel, min(finite), max(finite)) for panel in chart.panels]


def _panel(chart: GapChart, panel: GapPanel, low: float, high: float) -> str:
    title, height = text(WIDTH / 2, 16, panel.title, "middle", "panel"), _TOP + _ROW * len(panel.rows)
    if panel.is_empty:
        return svg(120, title + text(WIDTH / 2, 70, panel.empty, "middle"), panel.empty)
    x = scale(low, high, _NAMES + 16, WIDTH - _RIGHT - 16)
    parts = [title]
    for mark in marks(low, high):
        parts.append(f'<line class="grid" x1="{x(mark):.1f}" x2="{x(mark):.1f}" y1="{_TOP - 6}" y2="{height}"/>')
        parts.append(text(x(mark), height + 18, shown(mark), "middle"))
    for rank, row in enumerate(panel.rows):
        y = _TOP + _ROW * (rank + 0.6)
        parts.append(text(_NAMES - 8, y + 5, row.label, "end"))
        parts += _row(row, y, x(row.validation.mean), x(row.train.mean))
    parts.append(text((_NAMES + WIDTH) / 2, height + 38, chart.x_label, "middle"))
    return svg(height + 48, "".join(parts), f"{chart.title} {panel.title}".strip())


def _row(row: GapRow, y: float, validation: float, train: float) -> list[str]:
    if not math.isfinite(row.gap.mean):
        return [text(_NAMES + 6, y + 5, row.text, "start", "quiet")]
    color = arm_color(row.arm_index)
    between = f'x1="{validation:.1f}" x2="{train:.1f}" y1="{y:.1f}" y2="{y:.1f}"'
    gap = f"<title>{escape(hover(f'{row.label}, gap', row.gap))}, n = {row.gap.n}</title>"
    return [
        f'<line {between} stroke="{color}" stroke-width="5" opacity="0.45">{gap}</line>',
        _end(row.label, "validation", row.validation, validation, y, f'style="fill:var(--paper)" stroke="{color}"'),
        _end(row.label, "training", row.train, train, y, f'fill="{color}" stroke="{color}"'),
        text((validation + train) / 2, y - 11, row.text, "middle"),
    ]


def _end(label: str, which: str, value: Interval, x: float, y: float, look: str) -> str:
    title = f"<title>{escape(hover(f'{label}, {which} accuracy', value))}, n = {value.n}</title>"
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="7" {look} stroke-width="3">{title}</circle>'
