"""Paths of files that people name, as they wrote them."""

from __future__ import annotations

import os
import re
from pathlib import Path

_VARIABLE = re.compile(r"\$(\w+|\{[^}]*\})")


def written_out(path: str | Path) -> Path:
    """`~`, `~user` and $VARIABLES as a shell reads them: no shell reads `--results=~`, YAML or compose files.

    Raises ValueError for an empty path, and for what stands for nothing here: it would name a folder `~` or `$OUT`.
    """
    text = os.path.expanduser(path)
    if not os.path.lexists(text):  # a name may hold a dollar
        text = os.path.expandvars(text)
        if unset := _VARIABLE.search(text):
            raise ValueError(f"{path}: the variable {unset[0]} is not set")
    if text.startswith("~"):
        raise ValueError(f"{path}: this home folder is not known here; write the path out")
    if not text:
        raise ValueError("the path is empty")
    return Path(text)
