"""A ParallelChart as SVG: a line names its arm, grid point and numbers on hover."""

from __future__ import annotations

import math
from html import escape

from bn_study.presentation.drawing.style import arm_color
from bn_study.presentation.drawing.svg import WIDTH, key, svg, text
from bn_study.presentation.figures.parallel_chart import ParallelChart, ParallelLine

_LEFT, _TOP, _HEIGHT = 60, 50, 300


def parallel_svgs(chart: ParallelChart) -> list[str]:
    """The only panel."""
    (panel,) = chart.panels
    step = (WIDTH - 2 * _LEFT) / max(1, len(chart.coordinates) - 1)
    if not any(math.isfinite(line.heights[-1]) for line in panel.lines):
        return [svg(120, text(WIDTH / 2, 70, panel.empty, "middle"), panel.empty)]
    parts = [_line(line, step) for line in panel.lines]
    for place, coordinate in enumerate(chart.coordinates):
        x = _LEFT + place * step
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{_TOP + _HEIGHT}" class="whisker"/>')
        parts += [text(x + 5, _y(height) + 5, said, "start") for height, said in coordinate.ticks]
        parts.append(text(x, _TOP - 14 - 18 * (place % 2), coordinate.label, "middle"))
    return [svg(_TOP + _HEIGHT + 20, "".join(parts), chart.title)]


def parallel_key(chart: ParallelChart) -> list[tuple[str, str]]:
    """(label, colour) of every arm."""
    return key((line.label, line.arm_index) for panel in chart.panels for line in panel.lines)


def _y(height: float) -> float:
    return _TOP + (1 - height) * _HEIGHT


def _line(line: ParallelLine, step: float) -> str:
    known = [(place, height) for place, height in enumerate(line.heights) if math.isfinite(height)]
    path = " ".join(f"{_LEFT + place * step:.1f},{_y(height):.1f}" for place, height in known)
    dashes = ' stroke-dasharray="3 4"' if len(known) < len(line.heights) else ""
    look = f'fill="none" stroke="{arm_color(line.arm_index)}" stroke-width="2.5" opacity="0.75"{dashes}'
    return f'<polyline points="{path}" {look}><title>{escape(line.text)}</title></polyline>'
