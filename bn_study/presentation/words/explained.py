"""Explained: what a lecturer says before any number is shown: what a norm and dropout do, what was run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bn_study.presentation.words.net import NORMS
from bn_study.presentation.words.origin import counts_text, data_line
from bn_study.presentation.words.wording import seeds_text, sentence
from bn_study.store.record import DataRecord


@dataclass(frozen=True)
class Explained:
    """A title, lines to be read, two sentences to be said, and what to answer."""

    title: str
    lines: tuple[str, ...]
    spoken: tuple[str, str]
    if_asked: tuple[str, ...] = ()


def short(norm: str) -> str:
    """'BN'."""
    return NORMS[norm][0]


def normalization(norm: str) -> Explained:
    """Ioffe & Szegedy 2015, Alg. 1; and its kin by what mean and variance are taken over."""
    name, long, over = NORMS[norm]
    of_batch = norm in ("batch", "ghost")
    later = "In validation moving averages take their place." if of_batch else "In validation the same is done."
    return Explained(
        f"{long}: mean 0 and variance 1, then a learned scale and shift",
        (f"μ, σ²: mean and variance over {over}.", later, "γ, β: learned; they can undo it all."),
        (
            f"{name} subtracts a mean and divides by a deviation, taken over {over}.",
            "Then γ and β, which are learned, may scale and shift the result, so that nothing is lost.",
        ),
        (
            "ε keeps the root away from zero.",
            "Ioffe & Szegedy 2015, Algorithm 1: behind the weights, before the activation." if norm == "batch" else "",
            "A bias right before it does nothing, for the mean takes it away." if norm != "layer" else "",
        ),
    )


def dropout(rate: float, claims: bool) -> Explained:
    """Inverted dropout (Srivastava et al. 2014)."""
    claimed = "what the source claims" if claims else ""
    if not rate:
        spoken = ("These are the source's sentences.", "Each was made a comparison of two arms before the runs.")
        return Explained("What the source claims", (), spoken)
    return Explained(
        " and ".join(filter(None, ("What dropout does", claimed))),
        (
            f"Training: each unit is 0 with probability {rate:g}; the others are divided by {1 - rate:g}.",
            "Validation: every unit, as it is.",
        ),
        (
            "Dropout silences other units in every step, so that none can rely on a certain other one.",
            "The source's sentences were made comparisons of arms before the runs." if claims else "",
        ),
        ("Srivastava et al. 2014. Training accuracy is measured again without dropout at the end.",),
    )


def setup(
    setting: str, arms: int, seeds: Sequence[int], counts: Mapping[str, int], data: Sequence[DataRecord]
) -> Explained:
    """'5 arms over 6 seeds'."""
    what = f"{arms} arm{'s' * (arms != 1)} over {len(seeds)} seed{'s' * (len(seeds) != 1)}"
    images = [f"{one.train_images:,} training and {one.validation_images:,} validation images." for one in data[:1]]
    return Explained(
        what,
        (f"{sentence(setting)}.", *images, f"Seeds {seeds_text(seeds)}."),
        (
            "The net stands above, and below it what each arm makes of its hidden layers.",
            "Arms of one seed see the same images in the same order, so they are compared in pairs.",
        ),
        (counts_text(counts), *map(data_line, data)),
    )
