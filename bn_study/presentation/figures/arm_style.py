"""ArmStyle: colour, dash and marker of an arm, by what its name means: the same in every study and on every slide."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bn_study.config.arm import Arm

#: Each has a contrast of 3 or more on white and on the dark paper (WCAG 2), so one palette does for both; the first
#: four are after Okabe & Ito (2008), the rest was searched for the largest distance (CIE Lab) as seen with and without
#: the three colour blindnesses (Machado et al. 2009): 15 at the least, 17 among the first five.
PALETTE = ("#6e7480", "#0072b2", "#d55e00", "#009e73", "#a030e0", "#80602e", "#dc5ce6", "#b28f47")
_DASHES: tuple[tuple[float, ...], ...] = (
    (), (6.0, 2.0), (2.0, 1.5), (7.0, 2.0, 1.5, 2.0), (4.0, 1.0, 1.0, 1.0, 1.0, 1.0),
)  # fmt: skip
_MARKERS = ("o", "s", "^", "v", "P", "X", "p", "h", "*")  # diamonds are published numbers
#: Names of arms, by place in the palette. Those of one line are not compared with each other.
_MEANINGS = (
    ("plain", "no_bn", "none", "raw", "relu", "one_model"),
    ("bn", "batch", "default", "before", "relu_bn", "one_model_bn"),
    ("dropout", "no_bn_dropout", "dropout_all"),
    ("bn_dropout", "bn_dropout_last"),
    ("bn_after", "after", "renorm", "bn_scaled", "sigmoid"),
    ("plain_augmented", "plain_shifted", "layer", "standardized", "frozen", "sigmoid_bn"),
    ("bn_augmented", "bn_shifted", "bn_input", "instance"),
    ("dropout_augmented", "dropout_dense", "group", "unit"),
)
_PLACES = {name: place for place, names in enumerate(_MEANINGS) for name in names}


@dataclass(frozen=True)
class ArmStyle:
    """Each part tells arms apart, for those who cannot use one of them.

    `dashes`: lengths of dashes and gaps in widths of the line, empty for a full line; `marker` by matplotlib's letter.
    """

    color: str
    dashes: tuple[float, ...]
    marker: str


def style_at(place: int) -> ArmStyle:
    """The style at a place (from 0) of the palette. Eight differ in colour; combinations repeat after 360."""
    turn, color = divmod(place, len(PALETTE))
    return ArmStyle(PALETTE[color], _DASHES[(place + turn) % len(_DASHES)], _MARKERS[place % len(_MARKERS)])


#: Of arms that nothing is known of.
IN_ORDER = tuple(map(style_at, range(40)))


def arm_styles(arms: Mapping[str, Arm]) -> tuple[ArmStyle, ...]:
    """The style of each arm, in the order of the study.

    A name with a meaning has its own place, other names get what is left in order: first the places without one of the
    four great meanings. An arm's `color:` replaces its colour, and no other gets that one while there are others.
    """
    places: dict[str, int] = {}
    for name in arms:
        if name in _PLACES and _PLACES[name] not in places.values():
            places[name] = _PLACES[name]
    taken, chosen = set(places.values()), {arm.color for arm in arms.values()}
    first = (place for place in (4, 5, 6, 7, 0, 1, 2, 3) if place not in taken and PALETTE[place] not in chosen)
    rest = itertools.chain(first, itertools.count(len(PALETTE)))
    styles = {name: style_at(places[name] if name in places else next(rest)) for name in arms}
    return tuple(replace(style, color=arms[name].color or style.color) for name, style in styles.items())
