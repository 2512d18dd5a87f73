"""Draws a ParallelChart: upright axes side by side; lines of points where all runs diverged end in a cross."""

from __future__ import annotations

import math
import textwrap

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from bn_study.presentation.drawing.canvas import Canvas, say
from bn_study.presentation.drawing.style import CAPTION_POINTS, TEXT_EM, TEXT_POINTS, WIDTH_INCHES, arm_style, theme
from bn_study.presentation.figures.parallel_chart import Coordinate, ParallelChart, ParallelLine

_FLOOR = -0.12  # where lines of diverged points end, below every value
_MANY = 60  # lines above which each is thin


def draw_parallel(chart: ParallelChart) -> Figure:
    """To be called within `figure_style`."""
    canvas = Canvas(chart.title, chart.caption, 1, 1)
    (axes,), (panel,) = canvas.axes, chart.panels
    arms = {line.label: line.arm_index for line in panel.lines}
    diverged = [(_cross(theme().quiet), "all runs diverged")] * any(map(_all_diverged, panel.lines))
    handles = [(Line2D([], [], color=arm_style(index).color, linewidth=3), label) for label, index in arms.items()]
    canvas.add_legend([*handles, *diverged])
    if not any(math.isfinite(line.heights[-1]) or line.diverged for line in panel.lines):
        say(axes, panel.empty)
        return canvas.finish()
    axes.set_xlim(-0.15, len(chart.coordinates) - 0.65)
    axes.set_ylim(_FLOOR - 0.04, 1.06)
    axes.set_axis_off()
    for rank, line in enumerate(panel.lines):
        _draw_line(axes, line, rank, len(panel.lines))
    room = WIDTH_INCHES * 72 / len(chart.coordinates)
    for place, coordinate in enumerate(chart.coordinates):
        _draw_coordinate(axes, coordinate, place, int(room / (TEXT_EM * TEXT_POINTS)))
    return canvas.finish()


def _all_diverged(line: ParallelLine) -> bool:
    return line.diverged > 0 and not math.isfinite(line.heights[-1])


def _draw_line(axes: Axes, line: ParallelLine, rank: int, lines: int) -> None:
    """Lines that meet on an axis leave it a little apart, else one arm hides another."""
    apart = 0.03 * (rank / max(1, lines - 1) - 0.5)
    known = [(place, height) for place, height in enumerate(line.heights) if math.isfinite(height)]
    ends = len(line.heights) - len(known)
    x, y = [place for place, _ in known], [height + apart * (place < len(line.heights) - 1) for place, height in known]
    if ends and _all_diverged(line):
        x, y = [*x, len(known)], [*y, _FLOOR]
    elif ends:
        return
    width, alpha = (1.2, 0.5) if lines > _MANY else (2.2, 0.75)
    color = arm_style(line.arm_index).color
    axes.plot(x, y, color=color, linewidth=width, alpha=alpha, linestyle=":" if ends else "-")
    if ends:
        axes.plot(x[-1:], y[-1:], color=color, linestyle="none", marker="x", markersize=11, markeredgewidth=3)


def _draw_coordinate(axes: Axes, coordinate: Coordinate, place: int, characters: int) -> None:
    axes.plot([place, place], [0, 1], color=theme().ink, linewidth=2, zorder=4)
    box = {"facecolor": theme().paper, "edgecolor": "none", "pad": 1.5, "alpha": 0.85}
    for height, text in coordinate.ticks:
        axes.plot([place], [height], color=theme().ink, marker="_", markersize=10, markeredgewidth=2, zorder=4)
        axes.annotate(text, (place, height), (9, 0), textcoords="offset points", va="center", zorder=5,
                      size=CAPTION_POINTS + 2, bbox=box)  # fmt: skip
    label = textwrap.fill(coordinate.label, max(8, characters))
    axes.annotate(label, (place, 1.05), ha="center", va="bottom", annotation_clip=False)


def _cross(color: str) -> Line2D:
    return Line2D([], [], color=color, linestyle=":", linewidth=2.2, marker="x", markersize=11, markeredgewidth=3)
