"""Names and dotted paths, as studies write them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

NAME = r"^[A-Za-z0-9][A-Za-z0-9_\-]{0,59}$"
Name = Annotated[str, Field(pattern=NAME)]
DOTTED_PATH = r"^[a-z_0-9]+(\.[a-z_0-9]+)*$"
DottedPath = Annotated[str, Field(pattern=DOTTED_PATH)]
Patch = dict[DottedPath, Any]
