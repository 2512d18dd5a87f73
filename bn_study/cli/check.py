"""`bn-study check`: every problem of a study at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from bn_study.cli.option import Profile, Set, StudyArgument
from bn_study.cli.study import study_path
from bn_study.cli.terminal import Terminal
from bn_study.config.load import StudyFile, StudySource, read_study
from bn_study.config.problem import ConfigError
from bn_study.datasets import DatasetError
from bn_study.planning.caution import cautions
from bn_study.planning.expansion import Plan, Point, expand, refuse_if_too_many

_MOST_NETS = 30  # that are built: 5 ms for a dense one, 200 for all modules of Inception


def check(study: StudyArgument, profile: Profile = None, set_: Set = None) -> None:
    """Check a study, its recipe and all its profiles; every problem at once."""
    terminal = Terminal()
    file = read_study(study_path(study))
    sources, errors = _sources(file, profile, set_ or ())
    refuse_if_too_many(sources)
    plans: list[Plan] = []
    for source in sources:
        try:
            plan = expand(source)
        except ConfigError as error:
            errors.append(error)
        else:
            plans.append(plan)
            label = source.profile or "no profile"
            seeds = f"; {source.study.until}" if source.study.until else ""
            terminal.say(f"{source.path}: {label}: {len(plan.points)} points, {len(plan.runs)} runs{seeds}")
    if errors:
        raise ConfigError((problem for error in errors for problem in error.problems), any(e.more for e in errors))
    _build_nets(terminal, plans)
    for said in dict.fromkeys(said for plan in plans for said in (*cautions(plan), *_undecidable(plan))):
        terminal.say(f"caution: {said}")


def _sources(file: StudyFile, profile: str | None, set_: Sequence[str]) -> tuple[list[StudySource], list[ConfigError]]:
    """The study at the profile, or at each and as it stands without one; and what is wrong with the others."""
    without = [] if file.study.default_profile else [None]
    sources: list[StudySource] = []
    errors: list[ConfigError] = []
    for name in [profile] if profile else [*without, *file.study.profiles]:
        try:
            sources.append(file.at(name, set_))
        except ConfigError as error:
            errors.append(error)
    return sources, errors


def _undecidable(plan: Plan) -> tuple[str, ...]:
    from bn_study.analysis.design import undecidable

    profile = f"{plan.source.profile}: " if plan.source.profile else ""
    return tuple(profile + said for said in undecidable(plan))


def _build_nets(terminal: Terminal, plans: Sequence[Plan]) -> None:
    """Whether they fit their images; own data that are not here yet are not asked for. Raises ConfigError."""
    from bn_study.execution.description import Undescribed, describe_models, model_key

    nets = {model_key(point.spec): point for plan in plans for point in _grid_points(plan)}
    try:
        describe_models(plans[0].source, list(nets.values())[:_MOST_NETS])
    except (DatasetError, Undescribed) as error:
        terminal.say(f"caution: whether the nets fit the images is not known: {error}")
    if len(nets) > _MOST_NETS:
        terminal.say(f"caution: {_MOST_NETS} of {len(nets):,} nets were built, to see whether they fit the images")


def _grid_points(plan: Plan) -> Iterator[Point]:
    """Each once, whatever its seeds; the first of every arm come first."""
    of_arms: dict[str, list[Point]] = {}
    for point in plan.points:
        if point.seed == plan.seeds[0]:
            of_arms.setdefault(point.arm, []).append(point)
    for points in zip_longest(*of_arms.values()):
        yield from filter(None, points)
