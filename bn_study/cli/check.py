"""`bn-study check`: every problem of a study at once."""

from __future__ import annotations

import typer

from bn_study.cli.option import Profile, Set, StudyArgument
from bn_study.cli.study import study_path
from bn_study.config.load import load_study
from bn_study.config.problem import ConfigError, Problem
from bn_study.planning.expansion import expand


def check(study: StudyArgument, profile: Profile = None, set_: Set = None) -> None:
    """Check a study, its recipe and all its profiles; every problem at once."""
    path = study_path(study)
    source = load_study(path, profile, set_ or ())
    profiles: list[str | None] = [profile] if profile else [None, *source.study.profiles]
    problems: list[Problem] = []
    for name in profiles:
        try:
            plan = expand(load_study(path, name, set_ or ()))
        except ConfigError as error:
            problems += error.problems
        else:
            label = name or (f"default ({source.profile})" if source.profile else "no profile")
            typer.echo(f"{source.path}: {label}: {len(plan.points)} points, {len(plan.runs)} runs")
    if problems:
        raise ConfigError(problems)
