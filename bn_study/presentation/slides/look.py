"""How native charts look: lines, markers, fills, intervals and labels, as arms and looks have them in every figure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_LABEL_POSITION, XL_MARKER_STYLE
from pptx.enum.dml import MSO_LINE, MSO_PATTERN, MSO_THEME_COLOR
from pptx.enum.text import PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Pt

from bn_study.presentation.drawing.style import LIGHT
from bn_study.presentation.figures.arm_style import ArmStyle
from bn_study.presentation.figures.marks import Look, Side

TEXT_POINTS = 16
INK, QUIET = "ink", "quiet"  # colours of texts that are the theme's, so that they are read on a dark master too
_FREE = "\N{EN SPACE}"  # between a mark and the text beside it
_QUIET = 0.35  # brightness of quiet texts: black becomes a grey of contrast 7
_PALE = 0.55  # brightness of a pale fill: 0 is the colour, 1 white
_WIDTHS: dict[Look, float] = {"pale": 6, "hollow": 1.5}  # of lines, in points
_HOLLOW = 0.5
_MOST_MARKERS, _MOST_POINTS = 8, 100  # markers on a line; points of one that has any
_MARKERS = {
    "o": XL_MARKER_STYLE.CIRCLE, "s": XL_MARKER_STYLE.SQUARE, "^": XL_MARKER_STYLE.TRIANGLE, "v": XL_MARKER_STYLE.STAR,
    "P": XL_MARKER_STYLE.PLUS, "X": XL_MARKER_STYLE.X, "p": XL_MARKER_STYLE.DASH, "h": XL_MARKER_STYLE.DOT,
    "*": XL_MARKER_STYLE.STAR, "D": XL_MARKER_STYLE.DIAMOND, "x": XL_MARKER_STYLE.X, "ring": XL_MARKER_STYLE.CIRCLE,
}  # fmt: skip
_SIDES: dict[Side, XL_LABEL_POSITION] = {
    "left": XL_LABEL_POSITION.LEFT, "right": XL_LABEL_POSITION.RIGHT, "above": XL_LABEL_POSITION.ABOVE,
    "below": XL_LABEL_POSITION.BELOW, "middle": XL_LABEL_POSITION.CENTER,
}  # fmt: skip


def rgb(color: str) -> Any:
    """'#0072B2' as python-pptx wants it."""
    return RGBColor.from_string(color.lstrip("#").upper())


def paint(color: Any, name: str) -> None:
    """With INK, QUIET, or a colour of its own."""
    if name not in (INK, QUIET):
        color.rgb = rgb(name)
        return
    color.theme_color = MSO_THEME_COLOR.TEXT_1
    if name == QUIET:
        color.brightness = _QUIET


#: Of marks of no arm, as the legend explains looks: in grey.
NO_ARM = ArmStyle(LIGHT.quiet, (), "o")


def style_of(styles: Sequence[ArmStyle], arm: int | None) -> ArmStyle:
    """Of the arm at this place in the study, or of none."""
    return NO_ARM if arm is None else styles[arm]


def paint_line(series: Any, style: ArmStyle, look: Look, points: int) -> None:
    """In the arm's colour and dashes, with few enough markers to see these; pale: broad, without any.

    Of no arm: thin, without markers; hollow: dashed.
    """
    line = series.format.line
    line.color.rgb, line.width = rgb(style.color), Pt(_WIDTHS.get(look, 3))
    series.smooth = False
    if style == NO_ARM:
        line.width, series.marker.style = Pt(2), XL_MARKER_STYLE.NONE
        line.dash_style = MSO_LINE.DASH if look == "hollow" else MSO_LINE.SOLID
        return
    if look == "pale":
        line.color.brightness = _PALE
    else:
        dash(line, style.dashes)
    if look == "pale" or points > _MOST_POINTS:
        series.marker.style = XL_MARKER_STYLE.NONE
        return
    paint_marker(series.marker, style, look)
    every = math.ceil(points / _MOST_MARKERS)
    for place in range(points):
        if place % every:
            series.points[place].marker.style = XL_MARKER_STYLE.NONE


def paint_interval(series: Any, style: ArmStyle) -> None:
    """A full line, without markers."""
    series.format.line.color.rgb, series.format.line.width = rgb(style.color), Pt(2.5)
    series.smooth, series.marker.style = False, XL_MARKER_STYLE.NONE


def dash(line: Any, lengths: Sequence[float]) -> None:
    """Of a line that has its colour: dashes and gaps in its widths, which DrawingML has in thousandths of a percent."""
    if not lengths:
        return
    stops = "".join(
        f'<a:ds d="{dash * 100_000:.0f}" sp="{gap * 100_000:.0f}"/>'
        for dash, gap in zip(lengths[::2], lengths[1::2], strict=True)
    )
    fill = line._ln.find(qn("a:solidFill"))
    fill.addnext(parse_xml(f"<a:custDash {nsdecls('a')}>{stops}</a:custDash>"))


def paint_marker(marker: Any, style: ArmStyle, look: Look) -> None:
    """hollow: nearly white, for LibreOffice draws no rims; a ring lies around another marker."""
    color = rgb(style.color)
    marker.style, marker.size = _MARKERS[style.marker], 9
    marker.format.line.color.rgb, marker.format.line.width = color, Pt(2.25)
    marker.format.fill.solid()
    marker.format.fill.fore_color.rgb = color
    if style.marker == "ring":
        marker.size = 20
    if look == "hollow" or style.marker == "ring":
        marker.format.fill.fore_color.brightness = _HOLLOW


def hide(series: Any) -> None:
    """Neither line nor marker: for points that only carry a label."""
    series.format.line.fill.background()
    series.marker.style = XL_MARKER_STYLE.NONE


def fill_bar(look_of: Any, style: ArmStyle, look: Look) -> None:
    """full; pale; hollow and hatched with a rim."""
    color = rgb(style.color)
    look_of.line.color.rgb = color
    if look == "hatched":
        look_of.fill.patterned()
        look_of.fill.pattern = MSO_PATTERN.WIDE_UPWARD_DIAGONAL
        look_of.fill.fore_color.rgb, look_of.fill.back_color.rgb = color, rgb(LIGHT.paper)
        return
    look_of.fill.solid()
    look_of.fill.fore_color.rgb = rgb(LIGHT.paper) if look == "hollow" else color
    if look == "pale":
        look_of.fill.fore_color.brightness = _PALE


def add_error_bars(
    series: Any, minus: Sequence[float], plus: Sequence[float], along: str, color: str, band: bool = False
) -> None:
    """Custom lengths, one a point, in the place that the schema gives them; a `band` is thin, pale and without caps.

    CT_BarSer and CT_ScatterSer (ECMA-376 part 1, 21.2.2): …, dLbls, trendline, errBars, cat | xVal, …; within
    errBars: errDir, errBarType, errValType, noEndCap, plus, minus, val, spPr. Elsewhere PowerPoint "repairs" the file.
    `along` is empty for bars, which have one direction.
    """
    if not any(length > 0 for length in (*minus, *plus)):
        return
    direction = f'<c:errDir val="{along}"/>' if along else ""
    alpha = '<a:alpha val="40000"/>' if band else ""
    kind, value = ("schemeClr", "tx1") if color == INK else ("srgbClr", rgb(color))
    errors = parse_xml(
        f'<c:errBars {nsdecls("c", "a")}>{direction}<c:errBarType val="both"/><c:errValType val="cust"/>'
        f'<c:noEndCap val="{band:d}"/><c:plus>{_literals(plus)}</c:plus><c:minus>{_literals(minus)}</c:minus>'
        f'<c:spPr><a:ln w="19050"><a:solidFill><a:{kind} val="{value}">{alpha}</a:{kind}></a:solidFill></a:ln>'
        "</c:spPr></c:errBars>"
    )
    places = [series._element.find(qn(name)) for name in ("c:cat", "c:val", "c:xVal", "c:yVal")]
    next(place for place in places if place is not None).addprevious(errors)


def _literals(values: Sequence[float]) -> str:
    shown = [value if math.isfinite(value) else 0.0 for value in values]
    points = "".join(f'<c:pt idx="{place}"><c:v>{value!r}</c:v></c:pt>' for place, value in enumerate(shown))
    return f'<c:numLit><c:formatCode>General</c:formatCode><c:ptCount val="{len(shown)}"/>{points}</c:numLit>'


def label(point: Any, said: str, side: Side | None, color: str, turned: bool = False) -> None:
    """A text of its own beside a point, which a click edits; of a bar (no side) at its foot."""
    frame = point.data_label.text_frame
    frame.text = f"{said}{_FREE}" if side == "left" else f"{_FREE}{said}" if side == "right" else said
    for part in frame.paragraphs:
        part.alignment = PP_ALIGN.RIGHT if side == "left" else None
        for run in part.runs:
            run.font.size = Pt(TEXT_POINTS)
            paint(run.font.color, color)
    frame._txBody.bodyPr.set("wrap", "none")
    if turned:
        frame._txBody.bodyPr.set("rot", "-2700000")  # 45 degrees upwards, in 60,000ths
    point.data_label.position = _SIDES[side] if side else XL_LABEL_POSITION.INSIDE_BASE


def only_in_legend(chart: Any, kept: Sequence[int]) -> None:
    """Entries of all series but these are taken out (CT_Legend: legendPos, legendEntry, layout, overlay)."""
    position = chart.legend._element.find(qn("c:legendPos"))
    for series in reversed(range(sum(len(plot.series) for plot in chart.plots))):
        if series not in kept:
            entry = f'<c:legendEntry {nsdecls("c")}><c:idx val="{series}"/><c:delete val="1"/></c:legendEntry>'
            position.addnext(parse_xml(entry))
