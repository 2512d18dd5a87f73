"""Arm: what is compared: changes of the run, and how people see them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field

from bn_study.config.color import Color
from bn_study.config.frozen import Frozen
from bn_study.config.path import DottedPath
from bn_study.datasets.visible import one_line


def _one_line(text: str) -> str:
    if text != one_line(text):
        raise ValueError("text on one line is expected, without control characters and spaces around it")
    return text


class Arm(Frozen):
    """Changes of the run by dotted path; and words, how people see the arm. Its name is what files know it by."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[DottedPath, Any]

    label: Annotated[str, Field(min_length=1, max_length=40), AfterValidator(_one_line)] = Field(
        "", description="what people read in figures, tables and verdicts; without it, the arm's name"
    )
    about: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_one_line)] = Field(
        "", description="what the arm is, in a sentence"
    )
    color: Color = Field("", description="'#rrggbb' in quotes, instead of the colour that arms of this name have")


#: Keys of an arm that change no run.
WORDS = tuple(Arm.model_fields)
