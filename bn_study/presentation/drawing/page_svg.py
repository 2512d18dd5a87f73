"""Panels as SVG for a page: drawn by matplotlib, with texts to hover, a class an arm, and the page's colours."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from matplotlib.figure import Figure as Drawing

from bn_study.presentation.drawing.canvas import draw_layout
from bn_study.presentation.drawing.layout import Box, View, lay_out
from bn_study.presentation.drawing.legend import draw_sample
from bn_study.presentation.drawing.pen import heat_color
from bn_study.presentation.drawing.style import LIGHT, figure_style
from bn_study.presentation.figures.arm_style import PALETTE, ArmStyle
from bn_study.presentation.figures.marks import AnyMark, Band, Bar, Line
from bn_study.presentation.figures.panel import Figure, Panel, meanings_of, samples_of

WIDTH, HEIGHT, WIDE = 640.0, 430.0, 960.0  # points; a wide panel has many columns
_ROW, _AROUND_ROWS = 36.0, 120.0  # points: a row of bars or cells, and what a panel of rows needs besides
_EDGE = 6.0
_SAMPLE = (38.0, 19.0)
_MOST_POINTS = 200  # of a line: more are closer than two pixels
_TEXT: dict[str, Any] = {"svg.fonttype": "none"}  # that stays text
_DEFAULTS = {"", "font-size: 19px", "fill: var(--ink)"}  # of texts in the page
_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"
#: Colour of the light drawing → the page's variable, which is another one in the dark.
_VARIABLES = {
    LIGHT.ink: "--ink", LIGHT.quiet: "--quiet", LIGHT.grid: "--line", LIGHT.paper: "--paper",
    **{color: f"--arm{rank}" for rank, color in enumerate(PALETTE)},
}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """Of a legend: a sample as SVG, its label, and the arm that it hides and shows (None: what a look means)."""

    sample: str
    label: str
    arm: int | None


def panel_svgs(figure: Figure, prefix: str, points: int = _MOST_POINTS) -> list[str]:
    """One SVG a panel, with at most so many points a line; `prefix` tells its ids from those of other figures."""
    with figure_style(LIGHT, **_TEXT):
        return [_panel(figure, rank, f"{prefix}p{rank}", points) for rank in range(len(figure.panels))]


def legend(figure: Figure, prefix: str) -> list[Entry]:
    """Arms in the order of the study, then what looks mean."""
    entries = [(mark, mark.label, mark.arm) for mark in samples_of(figure)]
    entries += [(mark, mark.meaning, None) for mark in meanings_of(figure)]
    with figure_style(LIGHT, **_TEXT):
        return [
            Entry(_sample(mark, figure.styles, arm is None, f"{prefix}k{rank}"), label, arm)
            for rank, (mark, label, arm) in enumerate(entries)
        ]


def scale_colors(figure: Figure) -> list[tuple[str, str]]:
    """Of cells: (colour, value) from the lowest to the highest; empty for other figures."""
    if not figure.colors:
        return []
    low, high = figure.colors.low, figure.colors.high
    values = [low + (high - low) * step / 4 for step in range(5)]
    return [(heat_color(value, figure.colors), f"{value:.4g}") for value in values]


def _sample(mark: AnyMark, styles: Sequence[ArmStyle], quiet: bool, prefix: str) -> str:
    drawing = Drawing(figsize=(_SAMPLE[0] / 72, _SAMPLE[1] / 72))
    draw_sample(drawing, mark, Box(1, 1, _SAMPLE[0] - 2, _SAMPLE[1] - 2), styles, quiet)
    root = _svg(drawing)
    root.set("aria-hidden", "true")
    return _text(root, prefix)


def _panel(figure: Figure, rank: int, prefix: str, points: int) -> str:
    panel = figure.panels[rank]
    thin = replace(panel, marks=tuple(_thinned(mark, points) for mark in panel.marks))
    width, height = _size(panel)
    drawing = Drawing(figsize=(width / 72, height / 72))
    area = Box(_EDGE, _EDGE, width - 2 * _EDGE, height - 2 * _EDGE)
    layout = lay_out(replace(figure, panels=(thin,), columns=1), area)
    for artists, place in zip(draw_layout(drawing, layout, figure)[0], range(len(thin.marks)), strict=True):
        for artist in artists:
            artist.set_gid(f"mark{place}")
    root = _svg(drawing)
    _tell(root, layout.views[0], height)
    label = ", ".join(filter(None, (f"{figure.form}: {figure.title}", panel.title, panel.empty)))
    root.set("role", "img")
    root.set("class", "wide" if width == WIDE else "panel")
    root.set("aria-label", label)
    description = ET.Element(f"{_SVG}desc")
    description.text = _said(panel)
    root.insert(0, description)
    return _text(root, prefix)


def _size(panel: Panel) -> tuple[float, float]:
    """Panels of named rows are as high as these need; many columns without a y axis need width."""
    bars = sum(isinstance(mark, Bar) and mark.along == "x" for mark in panel.marks)
    if not panel.marks:
        return WIDTH, HEIGHT / 2
    if panel.y.ticks is None:
        return WIDTH, HEIGHT
    if not panel.y.ticks:
        return WIDE, HEIGHT
    return WIDTH, _AROUND_ROWS + _ROW * max(len(panel.y.ticks), bars)


def _thinned(mark: AnyMark, most: int) -> AnyMark:
    """Every n-th point, and the last."""
    if not isinstance(mark, (Line, Band)) or len(mark.x) <= most:
        return mark
    step = -(-len(mark.x) // most)
    kept = [*range(0, len(mark.x) - 1, step), len(mark.x) - 1]

    def of(values: Sequence[float]) -> tuple[float, ...]:
        return tuple(values[place] for place in kept)

    if isinstance(mark, Band):
        return replace(mark, x=of(mark.x), low=of(mark.low), high=of(mark.high))
    hovers = tuple(mark.hovers[place] for place in kept) if mark.hovers else ()
    return replace(mark, x=of(mark.x), y=of(mark.y), hovers=hovers)


def _said(panel: Panel) -> str:
    """What the marks say, one after the other, for a reader who does not see them: of a line its last point."""
    said = [mark.hovers[-1] if isinstance(mark, Line) and mark.hovers else mark.hover for mark in panel.marks]
    return "; ".join(dict.fromkeys(filter(None, said)))


def _svg(drawing: Drawing) -> ET.Element:
    """matplotlib's, as wide as the page lets it be."""
    content = io.StringIO()
    drawing.savefig(content, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    root = ET.fromstring(content.getvalue())
    for unused in [root.find(f"{_SVG}metadata"), root.find(f"{_SVG}defs/{_SVG}style/..")]:
        if unused is not None:
            root.remove(unused)
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    return root


def _tell(root: ET.Element, view: View, height: float) -> None:
    """Marks get their arm as class and their hover as title; points of lines get something to hover at."""
    for group in root.iter(f"{_SVG}g"):
        name = group.get("id", "")
        if found := re.fullmatch(r"letters(\d+)", name):
            group.set("class", f"a{found[1]}")
        elif found := re.fullmatch(r"mark(\d+)", name):
            mark = view.panel.marks[int(found[1])]
            group.set("class", "mark" if mark.arm is None else f"mark a{mark.arm}")
            if mark.hover:
                _title(group, mark.hover)
            if isinstance(mark, Line) and mark.hovers:
                group.extend(_targets(mark, view, height))


def _title(group: ET.Element, said: str) -> None:
    title = ET.Element(f"{_SVG}title")
    title.text = said
    group.insert(0, title)


def _targets(mark: Line, view: View, height: float) -> Iterator[ET.Element]:
    for x, y, said in zip(mark.x, mark.y, mark.hovers, strict=True):
        if y == y:  # not NaN
            across, up = view.place(x, y, mark.right)
            circle = ET.Element(
                f"{_SVG}circle", {"class": "at", "r": "8", "cx": f"{across:.0f}", "cy": f"{height - up:.0f}"}
            )
            _title(circle, said)
            yield circle


def _text(root: ET.Element, prefix: str) -> str:
    """In the page's font and colours, without what is by default, and with ids that no other SVG of the page has."""
    for element in root.iter():
        if reference := element.attrib.pop(_HREF, None):
            element.set("href", reference)
        if style := element.get("style"):
            style = re.sub(r"font-family: [^;]*(; |$)", "", re.sub(r"#[0-9a-f]{6}\b", _variable, style))
            default = _DEFAULTS if element.tag == f"{_SVG}text" else {"stroke-linecap: square"}
            element.set("style", "; ".join(part for part in style.split("; ") if part not in default))
        for name in ("d", "x", "y"):
            if value := element.get(name):
                element.set(name, re.sub(r"\d+\.\d+", _short, " ".join(value.split())))
        if element.get("transform", "").startswith("rotate(-0 "):
            del element.attrib["transform"]
    text = ET.tostring(root, encoding="unicode")
    named, used = set(re.findall(r' id="([^"]*)"', text)), set(re.findall(r"#([\w.-]+)", text))
    for name in named:
        text = text.replace(f' id="{name}"', f' id="{prefix}{name}"' if name in used else "")
        text = text.replace(f'"#{name}"', f'"#{prefix}{name}"').replace(f"url(#{name})", f"url(#{prefix}{name})")
    return _without_empty(re.sub(r">\s+<", "><", text).replace(" />", "/>"))


def _without_empty(text: str) -> str:
    """Frames that nobody sees, groups of nothing, and groups that only hold another one or a single mark."""
    text = re.sub(r'<path d="[^"]*" style="fill: none"/>|<g/>', "", text)
    while text != (shorter := re.sub(r"<g>((?:<text[^>]*>[^<]*</text>|<(?:path|use)[^>]*/>)*)</g>", r"\1", text)):
        text = shorter
    return text


def _variable(color: re.Match[str]) -> str:
    return f"var({_VARIABLES[color[0]]})" if color[0] in _VARIABLES else color[0]


def _short(number: re.Match[str]) -> str:
    return f"{float(number[0]):.1f}".removesuffix(".0")


ET.register_namespace("", "http://www.w3.org/2000/svg")
