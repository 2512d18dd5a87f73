"""Atlas: the questions that all studies together answer, written by hand beside their results."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from bn_study.config.frozen import Frozen
from bn_study.config.path import Name
from bn_study.config.source import read_yaml
from bn_study.config.validate import validated


def _study_or_claim(name: str) -> str:
    if name.count("/") > 1:
        raise ValueError("STUDY, for all its claims, or STUDY/CLAIM")
    return name


class Question(Frozen):
    """`claims` name a whole study, of which other questions may have taken single claims, or one: STUDY/CLAIM."""

    id: Name
    question: str
    answer: str = Field(
        "", description="one or two sentences in Markdown; numbers by marks: [−1.5](STUDY/PROFILE/#CLAIM)"
    )
    claims: tuple[Annotated[str, AfterValidator(_study_or_claim)], ...]


class Atlas(Frozen):
    """`atlas.yaml` in the folder of all results."""

    title: str = "What the studies found"
    about: str = ""
    questions: tuple[Question, ...] = ()

    def question_of(self, study: str, claim: str) -> Question | None:
        """The one that names the claim, else the one that names its study."""
        for name in (f"{study}/{claim}", study):
            for question in self.questions:
                if name in question.claims:
                    return question
        return None


def load_atlas(path: Path) -> Atlas:
    """Raises ConfigError; without a file an atlas that asks nothing."""
    return validated(Atlas, read_yaml(path)) if path.exists() else Atlas()
