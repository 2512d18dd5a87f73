"""A figure as PNG, SVG and PDF: the same figure gives the same bytes, and no file is ever half written."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure

from bn_study.store.atomic import write_atomically

DOTS_PER_INCH = 150  # 2000 x 1125 pixels
# Dates and versions out: None removes an entry that matplotlib would write.
_METADATA: dict[str, dict[str, str | None]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}

_ALT = {"png": "Description", "svg": "Description", "pdf": "Subject"}


def save_figure(
    figure: Figure, folder: Path, name: str, kinds: Sequence[str] = tuple(_METADATA), alt: str = ""
) -> list[Path]:
    """Write `folder`/`name`.KIND for png, svg and pdf, or of them `kinds`; each with its alternative text `alt`.

    To be called within `style.figure_style`. Raises OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for kind in kinds:
        metadata = {**_METADATA[kind], **({_ALT[kind]: alt} if alt else {})}
        buffer = io.BytesIO()
        figure.savefig(buffer, format=kind, dpi=DOTS_PER_INCH, metadata=metadata)
        paths.append(write_atomically(folder / f"{name}.{kind}", buffer.getvalue()))
    return paths
