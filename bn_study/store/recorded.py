"""Recorded: what every part of a record is made of."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Recorded(BaseModel):
    """Closed and frozen like a spec; a number that was not finite is stored as null."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, ser_json_inf_nan="null")
