"""Nets in words: the layers that an arm's spec asks for, in their order, and what else sets the arm apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bn_study.analysis.axis import axis_name
from bn_study.config.model import CnnModel, DenseModel, DropoutSpec, FeedForward, InceptionModel, Net, ResnetModel
from bn_study.config.norm import NoNorm, Norm
from bn_study.planning.identity import axis_label
from bn_study.presentation.words.wording import brief, enumeration

#: Kind of norm → its short name, its long one, and over what a mean and a variance are taken.
NORMS: Mapping[str, tuple[str, str, str]] = {
    "batch": ("BN", "Batch normalization", "the images of a batch, for each channel by itself"),
    "ghost": ("Ghost BN", "Ghost batch normalization", "parts of a batch, for each channel by itself"),
    "layer": ("LN", "Layer normalization", "all features of one image"),
    "group": ("GN", "Group normalization", "groups of channels of one image"),
    "instance": ("IN", "Instance normalization", "each channel of one image"),
    "frozen": ("Frozen BN", "Normalization by frozen statistics", "the first batch, for each channel by itself"),
    "affine": ("γx + β", "Scale and shift", ""),
}
_ACTIVATIONS = {"relu": "ReLU", "elu": "ELU", "selu": "SELU", "gelu": "GELU", "leaky_relu": "leaky ReLU"}
_DRAWN = ("model.norm", "model.dropout")  # which blocks show


def block_of(net: Net) -> tuple[str, ...]:
    """A hidden layer with what follows it: ('Dense', 'BN', 'ReLU', 'Dropout 0.3')."""
    norm, dropout = norm_of(net.norm), dropout_of(net.dropout)
    early = not isinstance(net.norm, NoNorm) and net.norm.placement == "before_activation"
    before = net.dropout.placement == "before_activation"
    if not isinstance(net, FeedForward):
        return tuple(filter(None, (net.cell.upper(), norm, dropout)))
    weights = "Dense" if isinstance(net, DenseModel) else "Conv"
    activation = _ACTIVATIONS.get(net.activation, net.activation)
    parts = (weights, norm * early, dropout * before, activation, norm * (not early), dropout * (not before))
    return tuple(filter(None, parts))


def norm_of(norm: Norm) -> str:
    """'BN'; empty for none, and where no hidden layer has it."""
    return "" if isinstance(norm, NoNorm) or norm.layers == () else NORMS[norm.kind][0]


def dropout_of(dropout: DropoutSpec) -> str:
    """'Dropout 0.3'; empty for none."""
    rate = dropout.rate or dropout.dense_rate
    return f"Dropout {rate:g}" if rate else ""


def net_of(net: Net) -> tuple[str, ...]:
    """From the image to the logits: ('Dense 1024', 'Dense 768', 'logits')."""
    match net:
        case DenseModel():
            stages = _alike("Dense", net.widths)
        case CnnModel():
            stages = [*(f"2 × Conv {filters}, pool" for filters in net.filters), f"Dense {net.dense_units}"]
        case InceptionModel():
            of_width = f", {net.width:g} × their width" if net.width != 1 else ""
            stages = [f"{net.modules} Inception modules{of_width}", "mean over the map"]
        case ResnetModel():
            stages = [f"ResNet-{net.depth}{f', {net.width:g} × its width' * (net.width != 1)}"]
        case _:
            stages = _alike(net.cell.upper(), net.units)
    return ("image", *stages, "logits")


def _alike(name: str, sizes: tuple[int, ...]) -> list[str]:
    """'6 × Dense 256' where all are of one size."""
    if len(sizes) > 3 and len(set(sizes)) == 1:
        return [f"{len(sizes)} × {name} {sizes[0]}"]
    return [f"{name} {size}" for size in sizes]


def changes_text(changes: Mapping[str, Any]) -> str:
    """What an arm changes beside norm and dropout: 'learning rate 0.1, batch size 32'; empty for nothing."""
    own = {path: value for path, value in changes.items() if not path.startswith(_DRAWN)}
    return brief(enumeration([f"{axis_name(path)} {axis_label(value)}" for path, value in own.items()] or [""]))
