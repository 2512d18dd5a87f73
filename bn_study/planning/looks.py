"""When a net is looked at: often at the start, where it changes fast, then at the ends of ever later epochs."""

from __future__ import annotations

#: Steps of the first epoch, counted from 0: before them the net is looked at.
EARLY_STEPS = (0, 1, 4, 16)


def probed_epochs(epochs: int) -> frozenset[int]:
    """1, 2, 3, 5, 8, 13, … (Fibonacci's numbers) and the last epoch, counted from 1."""
    found, following = {epochs}, (1, 2)
    while following[0] <= epochs:
        found.add(following[0])
        following = following[1], sum(following)
    return frozenset(found)
