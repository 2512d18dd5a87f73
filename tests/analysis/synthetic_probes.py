"""Records of probes that no run made: what was seen is written here, in closed forms that can be counted by hand."""

from __future__ import annotations

from collections.abc import Callable

from bn_study.planning.expansion import Point
from bn_study.store.probe_record import ProbesRecord, ProbeTable, ProbeTime

LAYERS = tuple(f"hidden_{layer}" for layer in (1, 2, 3, 4, 5))
TIMES = ((0, 0), (0, 1), (0, 4), (0, 16), (1, 391), (2, 782), (3, 1173), (4, 1564))
#: Decades a layer by which the gradient shrinks on its way down.
DECAY = {"plain": 0.5, "bn": -0.1}
AHEAD = ("0.5", "1", "2", "4")


def scalars(**values: float | None) -> ProbesRecord:
    """A record of which only the metrics are known."""
    return ProbesRecord(scalars=values)


def probed(point: Point) -> ProbesRecord:
    """Gradients decay by DECAY a layer and by a decade over training; a seed above 0 has 0.2 decades more.

    Inputs widen with the look, those of plain fourfold; the shift is null at the first look.
    """
    decay, wide = DECAY.get(point.arm, 0.2), 4.0 if point.arm == "plain" else 1.0

    def gradient(look: int, layer: int) -> float:
        return float(10 ** (-1 - decay * (4 - layer) - look / 7 + 0.2 * point.seed))

    def percentile(sign: int) -> Callable[[int, int], float]:
        return lambda look, layer: sign * (1 + wide * look / 7) + 0.1 * look + 0.01 * point.seed

    def shift(look: int, layer: int) -> float | None:
        return None if look == 0 else 0.1 * wide / (1 + look) + 0.01 * (layer + point.seed)

    tables = (
        *(_table("activations", f"p{p}", percentile(sign)) for p, sign in ((15, -1), (50, 0), (85, 1))),
        _table("activations", "shift", shift),
        _table("gradients", "signal", gradient),
        _table("covariate_shift", "change", lambda look, layer: 0.1 * layer / wide + 0.02 * point.seed),
        _table("smoothness", "loss_ratio", lambda look, step: 10.0 ** (step + 0.2 * point.seed), AHEAD),
        _table("statistics", "population_variance_ratio", lambda look, layer: 1.01 + 0.01 * layer, looks=1),
    )
    return ProbesRecord(times=tuple(ProbeTime(epoch=epoch, step=step) for epoch, step in TIMES), tables=tables)


def _table(
    probe: str,
    quantity: str,
    value: Callable[[int, int], float | None],
    of: tuple[str, ...] = LAYERS,
    looks: int = len(TIMES),
) -> ProbeTable:
    rows = tuple(tuple(value(look, part) for part in range(len(of))) for look in range(looks))
    return ProbeTable(probe=probe, quantity=quantity, of=of, values=rows)
