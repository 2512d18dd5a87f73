"""When a net is looked at: often at the start, where it changes fast, then at the ends of ever later epochs.

And what a look costs, in steps of training, so that a study's probes can be weighed before it is run.
"""

from __future__ import annotations

from collections.abc import Collection

from bn_study.config.probes import ProbeName

#: Steps of the first epoch, counted from 0: before them the net is looked at.
EARLY_STEPS = (0, 1, 4, 16)
#: Images of the profile batch.
PROFILE = 256
#: Forward and backward passes of the following batch. covariate_shift: its gradient, a real step, and six layers';
#: smoothness: its gradient, and that at four step lengths.
_PASSES: dict[ProbeName, int] = {"covariate_shift": 8, "smoothness": 5}


def probed_epochs(epochs: int) -> frozenset[int]:
    """1, 2, 3, 5, 8, 13, … (Fibonacci's numbers) and the last epoch, counted from 1."""
    found, following = {epochs}, (1, 2)
    while following[0] <= epochs:
        found.add(following[0])
        following = following[1], sum(following)
    return frozenset(found)


def looks(epochs: int, steps: int) -> int:
    """How often a run of so many epochs, of so many steps each, is looked at."""
    return sum(step < steps for step in EARLY_STEPS) + len(probed_epochs(epochs))


def look_steps(probes: Collection[ProbeName], batch_size: int) -> float:
    """A look in steps of training: 2 · PROFILE / batch + 13 with all probes.

    Signals of the profile batch are one pass of it, the gradients of its weights another.
    """
    profile = 2 if "gradients" in probes else int("activations" in probes)
    return profile * PROFILE / batch_size + sum(passes for probe, passes in _PASSES.items() if probe in probes)
