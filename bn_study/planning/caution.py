"""Cautions: what a study may well ask, and should know before hours are spent on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bn_study.config.figure import ProbeFigure
from bn_study.config.metric import ALL_METRICS, OfProbes
from bn_study.config.model import CnnModel, DenseModel, Net, RecurrentModel
from bn_study.config.norm import BatchNorm, GhostNorm, PlacedNorm
from bn_study.config.run import RunSpec
from bn_study.datasets import describe
from bn_study.planning.expansion import Plan


def cautions(plan: Plan) -> tuple[str, ...]:
    """Each once, with the arms, the claim or the figure that it concerns."""
    arms: dict[str, dict[str, None]] = {}
    for point in plan.points:
        for said in _of(point.spec):
            arms.setdefault(said, {})[point.arm] = None
    return (*(f"{', '.join(names)}: {said}" for said, names in arms.items()), *_unseen(plan), *_unchosen(plan))


def _unchosen(plan: Plan) -> Iterator[str]:
    """Claims that choose a value on held-out images, where an arm holds out none."""
    without = {point.arm for point in plan.points if point.spec.dataset.validation_fraction is None}
    claims = [one for one in plan.source.study.claims if one.compare and one.compare.each_at_its_best]
    if lacking := {claim.id: without.intersection(claim.arms) for claim in claims if without.intersection(claim.arms)}:
        profile = f"{plan.source.profile}: " if plan.source.profile else ""
        arms = [arm for arm in plan.source.study.arms if any(arm in own for own in lacking.values())]
        yield (
            f"{profile}claims that compare each arm at its best choose on held-out images, and {', '.join(arms)} "
            f"hold out none ({', '.join(lacking)}); set dataset.validation_fraction"
        )


def _unseen(plan: Plan) -> Iterator[str]:
    """What claims and figures speak of, and no probe looks at."""
    study, every = plan.source.study, tuple(plan.source.study.arms)
    asked = [(f"claim {one.id}", one.arms or every, _probes_of(one.metrics)) for one in study.claims]
    for place, one in enumerate(study.figures):
        if isinstance(one, ProbeFigure):
            asked.append((f"figures[{place}]", one.arms or every, {quantity.probe for quantity in one.drawn}))
        else:
            asked.append((f"figures[{place}]", every, _probes_of(getattr(one, "metrics", ()))))
    has = {
        arm: {probe for point in plan.points if point.arm == arm for probe in point.spec.probes or ()} for arm in every
    }
    for what, arms, probes in asked:
        for probe in sorted(probes):
            if lacking := [arm for arm in arms if probe not in has[arm]]:
                yield f"{what} needs the probe {probe}, which is not among the `probes` of {', '.join(lacking)}"


def _probes_of(metrics: Iterable[str]) -> set[str]:
    sources = (ALL_METRICS[metric].source for metric in metrics)
    return {source.probe for source in sources if isinstance(source, OfProbes)}


def _of(spec: RunSpec) -> Iterator[str]:
    norm = spec.model.norm
    if not isinstance(norm, (BatchNorm, GhostNorm)) or not _norms_vectors(spec.model, norm):
        return
    if isinstance(norm, BatchNorm) and (norm.renorm or not norm.trainable):  # the moving statistics have a say
        return
    size = norm.virtual_batch_size if isinstance(norm, GhostNorm) else spec.training.batch_size
    if min(size, spec.training.batch_size) == 1:
        yield "batch normalization of one image at a time gives the same output for all, so the net stays at chance"
    elif _rest(spec) == 1:
        yield "an epoch's last batch is one image, which batch normalization makes nothing of; see `last_batch: drop`"


def _norms_vectors(model: Net, norm: PlacedNorm) -> bool:
    """Whether a norm stands where an image has one value a channel: in a batch of one image x − μ is 0 there.

    In maps and sequences it has many, which differ.
    """
    if isinstance(model, DenseModel):
        return norm.on_input or any(map(norm.on_layer, range(1, model.hidden_layers + 1)))
    return isinstance(model, (CnnModel, RecurrentModel)) and norm.on_layer(model.hidden_layers)


def _rest(spec: RunSpec) -> int | None:
    """Images in the last batch of an epoch, 0 for a whole one; None where the size of the data is not public."""
    training = spec.dataset.train_images or describe(spec.dataset.name).train_images
    known = training is not None and spec.dataset.validation_fraction is None and spec.dataset.stratum is None
    if not known or spec.training.last_batch == "drop":
        return None
    assert training is not None
    return training % spec.training.batch_size
