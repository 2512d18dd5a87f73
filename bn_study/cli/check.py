"""`bn-study check`: every problem of a study at once."""

from __future__ import annotations

from bn_study.cli.option import Profile, Set, StudyArgument
from bn_study.cli.study import study_path
from bn_study.cli.terminal import Terminal
from bn_study.config.load import load_study
from bn_study.config.problem import ConfigError, Problem
from bn_study.datasets import DatasetError
from bn_study.planning.caution import cautions
from bn_study.planning.expansion import Plan, expand


def check(study: StudyArgument, profile: Profile = None, set_: Set = None) -> None:
    """Check a study, its recipe and all its profiles; every problem at once."""
    path = study_path(study)
    source = load_study(path, profile, set_ or ())
    profiles: list[str | None] = [profile] if profile else [None, *source.study.profiles]
    problems: list[Problem] = []
    plans: list[Plan] = []
    for name in profiles:
        try:
            plans.append(expand(load_study(path, name, set_ or ())))
        except ConfigError as error:
            problems += error.problems
        else:
            label = name or (f"default ({source.profile})" if source.profile else "no profile")
            Terminal().say(f"{source.path}: {label}: {len(plans[-1].points)} points, {len(plans[-1].runs)} runs")
    problems = problems or _unfit(plans)
    if problems:
        raise ConfigError(problems)
    for said in dict.fromkeys(said for plan in plans for said in (*cautions(plan), *_undecidable(plan))):
        Terminal().say(f"caution: {said}")


def _undecidable(plan: Plan) -> tuple[str, ...]:
    from bn_study.analysis.design import undecidable

    profile = f"{plan.source.profile}: " if plan.source.profile else ""
    return tuple(profile + said for said in undecidable(plan))


def _unfit(plans: list[Plan]) -> list[Problem]:
    """Nets that do not fit their images; own data that are not here yet are not asked for."""
    from bn_study.execution.description import Undescribed, describe_models

    try:
        describe_models(plans[0].source, [point for plan in plans for point in plan.points])
    except (DatasetError, Undescribed) as error:
        Terminal().say(f"caution: whether the nets fit the images is not known: {error}")
    except ConfigError as error:
        return list(error.problems)
    return []
