"""Figures as PNG, SVG and PDF: the same figure gives the same bytes, and no file is ever half written."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from matplotlib.figure import Figure as Drawing

from bn_study.presentation.drawing.canvas import draw
from bn_study.presentation.drawing.style import LIGHT, SLIDE, Theme, figure_style
from bn_study.presentation.figures.panel import Figure, alt_text
from bn_study.store.atomic import write_atomically

DOTS_PER_INCH = 150  # 2000 x 1125 pixels
# Dates and versions out: None removes an entry that matplotlib would write.
_METADATA: dict[str, dict[str, str | None]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}
_ALT = {"png": "Description", "svg": "Description", "pdf": "Subject"}
IMAGES = tuple(_METADATA)


def draw_figures(
    figures: Iterable[Figure],
    folder: Path,
    kinds: Sequence[str] = IMAGES,
    theme: Theme = LIGHT,
    size: tuple[float, float] = SLIDE,
    transparent: bool = False,
) -> list[Path]:
    """One file a figure and kind in `folder`, each written whole or not at all; `size` in points.

    The same figures give the same bytes, with one version of matplotlib. Raises OSError.
    """
    paths: list[Path] = []
    for figure in figures if kinds else ():
        with figure_style(theme, **{"savefig.transparent": transparent}):
            paths += save_drawing(draw(figure, size), folder, figure.name, kinds, alt_text(figure))
    return paths


def save_drawing(drawing: Drawing, folder: Path, name: str, kinds: Sequence[str] = IMAGES, alt: str = "") -> list[Path]:
    """Write `folder`/`name`.KIND, each with its alternative text `alt`; within `figure_style`. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for kind in kinds:
        metadata = {**_METADATA[kind], **({_ALT[kind]: alt} if alt else {})}
        buffer = io.BytesIO()
        drawing.savefig(buffer, format=kind, dpi=DOTS_PER_INCH, metadata=metadata)
        paths.append(write_atomically(folder / f"{name}.{kind}", buffer.getvalue()))
    return paths
