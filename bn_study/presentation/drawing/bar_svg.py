"""A BarChart as SVG: lying bars with intervals; a bar shows its number at its end and in full on hover."""

from __future__ import annotations

import math
from html import escape

from bn_study.presentation.drawing.style import arm_color
from bn_study.presentation.drawing.svg import WIDTH, ToPixels, hover, key, scale, svg, text
from bn_study.presentation.figures.bar_chart import Bar, BarChart, BarPanel
from bn_study.presentation.words.wording import sentence

_NAMES, _ROW, _TOP = 130, 24, 30
_MARGIN, _CHARACTER = 12, 8.5  # pixels: around the number at a bar, and what a letter of it takes
_OPACITY = {"full": "1", "light": "0.45", "hatched": "0.2"}
_LOOK = {"full": "solid", "light": "light", "hatched": "dashed"}


def bar_svgs(chart: BarChart) -> list[str]:
    """One SVG a panel, on one scale."""
    numbers = [end for bar in _bars(chart) for end in (bar.value.mean, bar.value.low, bar.value.high)]
    ends = [end for end in numbers if math.isfinite(end)]
    right = WIDTH - _MARGIN - _CHARACTER * max((len(bar.text) for bar in _bars(chart)), default=0)
    x = scale(min([0.0, *ends]), max([0.0, *ends]) or 1.0, _NAMES, right)
    return [_panel(panel, x, right, chart.value_label) for panel in chart.panels]


def _bars(chart: BarChart) -> list[Bar]:
    """Those that are drawn, with their numbers at their ends."""
    every = [bar for panel in chart.panels for group in panel.groups for bar in group.bars]
    return [bar for bar in every if math.isfinite(bar.value.mean)]


def bar_key(chart: BarChart) -> list[tuple[str, str]]:
    """(label, colour) of every arm, where groups are not arms."""
    return key((label, index) for index, label in chart.arms)


def bar_marks(chart: BarChart) -> list[str]:
    """What the looks of bars mean, as sentences for the caption."""
    return [f"{sentence(what)} is {_LOOK[tone]}." for tone, what in chart.tones]


def _panel(panel: BarPanel, x: ToPixels, right: float, label: str) -> str:
    parts, y = [text(WIDTH / 2, 16, panel.title, "middle", "panel")], float(_TOP)
    if panel.empty:
        parts.append(text(WIDTH / 2, y + 12, panel.empty, "middle"))
    for group in panel.groups:
        height = _ROW * max(1, len(group.bars))
        parts.append(text(_NAMES - 8, y + height / 2 + 5, group.label, "end"))
        for rank, bar in enumerate(group.bars):
            parts.append(_bar(bar, group.label, x, y + rank * _ROW))
        y += height + 8
    parts.append(text((_NAMES + right) / 2, y + 18, label, "middle"))
    return svg(y + 28, "".join(parts), f"{label} {panel.title}".strip())


def _bar(bar: Bar, label: str, x: ToPixels, y: float) -> str:
    value, middle = bar.value, y + _ROW / 2
    if not math.isfinite(value.mean):
        return text(_NAMES + 6, middle + 5, bar.text, "start", "quiet")
    color, start, end = arm_color(bar.arm_index), *sorted((x(0.0), x(value.mean)))
    known = math.isfinite(value.low)
    dashes = ' stroke-dasharray="4 3"' if bar.tone == "hatched" else ""
    whisker = (
        f'<line class="whisker" x1="{x(value.low):.1f}" x2="{x(value.high):.1f}" y1="{middle:.1f}" y2="{middle:.1f}"/>'
        if known
        else ""
    )
    rect = (
        f'<rect x="{start:.1f}" y="{y + 2:.1f}" width="{max(end - start, 1):.1f}" height="{_ROW - 4}" fill="{color}" '
        f'fill-opacity="{_OPACITY[bar.tone]}" stroke="{color}"{dashes}>'
        f"<title>{escape(hover(label, value))}</title></rect>"
    )
    after = max(end, x(value.high) if known else end) + 6
    return rect + whisker + text(after, middle + 5, bar.text, "start")
