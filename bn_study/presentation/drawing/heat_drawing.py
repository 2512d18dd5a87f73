"""Draws a HeatChart: a number in every cell; cells of which runs diverged are crossed, and hatched if all did."""

from __future__ import annotations

import math
import textwrap

from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from bn_study.presentation.drawing.canvas import Canvas, panel_title
from bn_study.presentation.drawing.heat_colors import heat_color, heat_colormap
from bn_study.presentation.drawing.style import HEIGHT_INCHES, TEXT_EM, TEXT_POINTS, WIDTH_INCHES, text_on, theme
from bn_study.presentation.figures.heat_chart import HeatCell, HeatChart, color_range

_AROUND = 120  # points: tick labels, axis label and colour bar beside a row of panels
_LEAST_POINTS = 9
_TICK_POINTS = 16
_CHARACTER_EM = 0.64  # a digit of DejaVu Sans


def draw_heat(chart: HeatChart) -> Figure:
    """To be called within `figure_style`."""
    canvas = Canvas(chart.title, chart.caption, len(chart.panels), chart.columns)
    diverged = any(cell.diverged for panel in chart.panels for row in panel.rows for cell in row)
    canvas.add_legend([(_hatched_patch(), "✕ diverged runs of planned")] if diverged else [])
    low_high = color_range(chart)
    for place, (axes, panel) in enumerate(zip(canvas.axes, chart.panels, strict=True)):
        panel_title(axes, panel.title, canvas.panel_characters)
        _frame(axes, chart, canvas, place)
        for y, row in enumerate(panel.rows):
            for x, cell in enumerate(row):
                _draw_cell(axes, cell, x, y, low_high)
    _color_bar(chart, canvas)
    figure = canvas.finish()
    for axes in canvas.axes:
        _fit_texts(axes, chart)
    return figure


def _fit_texts(axes: Axes, chart: HeatChart) -> None:
    """As large as a cell allows, once its size is known: its longest line across, its lines down."""
    box = axes.get_position()
    width = box.width * WIDTH_INCHES * 72 / len(chart.x_ticks)
    height = box.height * HEIGHT_INCHES * 72 / len(chart.y_ticks)
    for text in axes.texts:
        lines = text.get_text().split("\n")
        across, down = 0.88 * width / (_CHARACTER_EM * max(4, *map(len, lines))), 0.92 * height / (1.12 * len(lines))
        text.set_fontsize(max(_LEAST_POINTS, min(TEXT_POINTS, across, down)))


def _frame(axes: Axes, chart: HeatChart, canvas: Canvas, place: int) -> None:
    """Labels at the outer panels; the first row of cells is at the bottom."""
    width = (WIDTH_INCHES * 72 / canvas.columns - _AROUND / canvas.columns) / len(chart.x_ticks)
    turned = max(map(len, chart.x_ticks)) * TEXT_EM * _TICK_POINTS > width
    bottom, left = place + canvas.columns >= len(canvas.axes), place % canvas.columns == 0
    x_labels = [_short(tick) if bottom else "" for tick in chart.x_ticks]
    y_labels = [_short(tick) if left else "" for tick in chart.y_ticks]
    axes.set_xticks(range(len(x_labels)), x_labels, rotation=40 if turned else 0, ha="right" if turned else "center")
    axes.set_yticks(range(len(y_labels)), y_labels)
    axes.set_xlim(-0.5, len(chart.x_ticks) - 0.5)
    axes.set_ylim(-0.5, len(chart.y_ticks) - 0.5)
    axes.grid(visible=False)
    axes.tick_params(length=0, labelsize=_TICK_POINTS)
    axes.spines[:].set_visible(False)
    if bottom:
        axes.set_xlabel(chart.x_label)
    if left:
        axes.set_ylabel(textwrap.fill(chart.y_label, max(8, int(canvas.panel_points / (TEXT_EM * TEXT_POINTS)))))


def _short(tick: str) -> str:
    return tick if len(tick) <= 18 else f"{tick[:17]}…"


def _draw_cell(axes: Axes, cell: HeatCell, x: int, y: int, low_high: tuple[float, float]) -> None:
    known = math.isfinite(cell.value.mean)
    color = heat_color(cell.value.mean, *low_high) if known else theme().paper
    edge = theme().paper if known else theme().quiet
    hatch = "///" if cell.diverged and not known else None
    axes.add_patch(
        Rectangle((x - 0.48, y - 0.48), 0.96, 0.96, facecolor=color, edgecolor=edge, hatch=hatch, linewidth=1)
    )
    crossed = f"✕ {cell.diverged}/{cell.planned}" if cell.diverged else ""
    text = "\n".join(filter(None, (cell.text, crossed))) or ("–" if cell.planned else "")
    box = None if known else {"facecolor": theme().paper, "edgecolor": "none", "pad": 1.5}
    ink = text_on(color) if known else theme().ink
    axes.text(
        x,
        y,
        text,
        ha="center",
        va="center",
        color=ink,
        bbox=box,
        linespacing=1.0,
    )


def _color_bar(chart: HeatChart, canvas: Canvas) -> None:
    low, high = color_range(chart)
    mapping = ScalarMappable(Normalize(low, high if high > low else low + 1.0), heat_colormap())
    bar = canvas.figure.colorbar(mapping, ax=canvas.axes, fraction=0.04, pad=0.015, aspect=28)
    bar.set_label(textwrap.fill(chart.value_label, 40))
    bar.outline.set_visible(False)


def _hatched_patch() -> Patch:
    return Patch(facecolor=theme().paper, edgecolor=theme().quiet, hatch="///")
