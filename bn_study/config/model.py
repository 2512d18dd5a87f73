"""The nets: one tagged choice, each with its norm, dropout, activation and initialization."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from bn_study.config.frozen import Count, Fraction, Frozen, Positive
from bn_study.config.norm import BatchNorm, NoNorm, Norm
from bn_study.config.problem import contradiction

Activation = Literal["relu", "sigmoid", "tanh", "elu", "selu", "gelu", "swish", "leaky_relu"]
KernelInitializer = Literal["glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_normal"]
LayerSizes = Annotated[tuple[Count, ...], Field(min_length=1, max_length=200)]
Bias = Literal["where_needed", "always", "never"]
_INITIALIZER = "how kernels start, by the name that Keras has for it"
_BIAS = "where_needed: not where the β of a norm right behind makes it redundant; of hidden layers"


class DropoutSpec(Frozen):
    """Inverted dropout (Srivastava et al. 2014) after each stage of hidden layers.

    A stage is a dense layer, two convolutions with their pooling, an Inception module, a residual block, or a
    recurrent layer.
    """

    rate: Fraction = Field(0.0, description="probability that a unit is set to zero; 0 = no dropout")
    placement: Literal["after_activation", "before_activation"] = Field(
        "after_activation", description="before_activation: right before it; for dense and cnn"
    )
    layers: Literal["all", "dense", "last"] = Field(
        "all", description="dense: hidden dense layers only; last: once, before the logits, thus after the last norm"
    )
    dense_rate: Fraction | None = Field(None, description="another rate for the hidden dense layers; null = `rate`")
    spatial: bool = Field(False, description="drop whole feature maps of convolutions (Tompson et al. 2015)")
    input_rate: Fraction = Field(0.0, description="rate on the net's input")


class HiddenLayers(Frozen):
    """What the hidden layers of every net share. A kind of net adds its shape."""

    kind: str
    kernel_initializer: KernelInitializer = Field("glorot_uniform", description=_INITIALIZER)
    norm: Norm = NoNorm(kind="none")
    dropout: DropoutSpec = DropoutSpec()

    has_feature_maps: ClassVar[bool] = False
    has_dense_layers: ClassVar[bool] = False

    @property
    def hidden_layers(self) -> int:
        """How many layers `norm.layers` may name."""
        raise NotImplementedError


class FeedForward(HiddenLayers):
    """Hidden layers that are each followed by an activation, and may have a bias."""

    activation: Activation = Field("relu", description="behind each hidden layer")
    bias: Bias = Field("where_needed", description=_BIAS)


class DenseModel(FeedForward):
    """Flatten, then hidden Dense layers, then a Dense layer of logits."""

    kind: Literal["dense"]
    widths: LayerSizes = Field(description="units of each hidden layer")

    has_dense_layers = True

    @property
    def hidden_layers(self) -> int:
        return len(self.widths)


class InceptionModel(FeedForward):
    """Modules 3a to 5b of GoogLeNet (Szegedy et al. 2015, Table 1) right on the image, without its stem.

    The net of Kiefer & Moeller 2020: convolutions without bias, global average pooling, a Dense layer of logits.
    """

    kind: Literal["inception"]
    width: Positive = Field(1.0, description="factor on the filters of every convolution")
    modules: Annotated[int, Field(ge=1, le=9)] = Field(9, description="the first this many modules, from 3a to 5b")
    bias: Bias = Field("never", description=_BIAS)

    has_feature_maps = True

    @property
    def hidden_layers(self) -> int:
        return self.modules


class CnnModel(FeedForward):
    """The CIFAR-10 example net of Keras, as Garbin et al. 2020 used it.

    A stage an entry of `filters`: a 3×3 convolution with padding, one without, max-pooling 2. Then Dense, then
    logits. Hidden layers count through: two a stage, and the dense one.
    """

    kind: Literal["cnn"]
    filters: LayerSizes = Field((32, 64), description="filters of each stage")
    dense_units: Count = 512

    has_feature_maps = has_dense_layers = True

    @property
    def hidden_layers(self) -> int:
        return 2 * len(self.filters) + 1


class ResnetModel(FeedForward):
    """Residual net for CIFAR (He et al. 2016, Sec. 4.2): three groups of n blocks with 16, 32 and 64 filters."""

    kind: Literal["resnet"]
    depth: Annotated[int, Field(ge=8, le=1202)] = Field(20, description="6n + 2: 20, 32, 44, 56, 110")
    width: Positive = Field(1.0, description="factor on the filters of every convolution")
    shortcut: Literal["identity", "projection"] = Field(
        "identity", description="where the size changes: identity with zeros for new channels (option A), or 1×1 (B)"
    )
    kernel_initializer: KernelInitializer = Field("he_normal", description=_INITIALIZER)

    has_feature_maps = True

    @property
    def hidden_layers(self) -> int:
        return self.depth - 1

    @model_validator(mode="after")
    def _depth_is_6n_plus_2(self) -> Self:
        if self.depth % 6 != 2:
            raise contradiction(f"`depth` must be 6n + 2 (8, 14, 20, 32, 44, 56, 110), found {self.depth}", "depth")
        return self


class RecurrentModel(HiddenLayers):
    """Recurrent layers over the rows of an image, from top to bottom; the last state gives the logits.

    A norm normalizes the input rows (`on_input`) and each layer's output, over images and rows together.
    """

    kind: Literal["recurrent"]
    cell: Literal["lstm", "gru"] = "lstm"
    units: LayerSizes = Field(description="units of each recurrent layer")

    @property
    def hidden_layers(self) -> int:
        return len(self.units)


Net = DenseModel | InceptionModel | CnnModel | ResnetModel | RecurrentModel


def _checked(net: Net) -> Net:
    """What norm and dropout ask must be there in the net. Raises a contradiction."""
    _check_norm(net)
    _check_dropout(net, net.dropout)
    return net


def _check_norm(net: Net) -> None:
    norm = net.norm
    if isinstance(norm, NoNorm):
        return
    if norm.layers and max(norm.layers) > net.hidden_layers:
        raise contradiction(f"`layers` names layer {max(norm.layers)}; this net has {net.hidden_layers}", "norm")
    if norm.kind == "instance" and not net.has_feature_maps:
        raise contradiction(f"`kind: instance` needs feature maps, which {net.kind} nets have not", "norm")
    if isinstance(norm, BatchNorm) and norm.axis != -1:
        _check_axis(net, norm)
    if norm.placement == "after_activation" and not isinstance(net, FeedForward):
        message = "recurrent nets are normalized between layers: leave `placement: before_activation`"
        raise contradiction(message, "norm")


def _check_axis(net: Net, norm: BatchNorm) -> None:
    if not net.has_feature_maps:
        raise contradiction(f"`axis: {norm.axis}` needs feature maps, which {net.kind} nets have not", "norm")
    if net.has_dense_layers and norm.on_layer(net.hidden_layers):
        message = f"`axis: {norm.axis}` needs feature maps: leave the dense layer, {net.hidden_layers}, out of `layers`"
        raise contradiction(message, "norm")


def _check_dropout(net: Net, dropout: DropoutSpec) -> None:
    if dropout.spatial and not net.has_feature_maps:
        raise contradiction(f"`spatial` needs feature maps, which {net.kind} nets have not", "dropout")
    if net.has_dense_layers:
        return
    if dropout.layers == "dense" or dropout.dense_rate is not None:
        raise contradiction(f"{net.kind} nets have no hidden dense layers: use `layers: last`", "dropout")
    if dropout.placement == "before_activation":
        raise contradiction("dropout stands before activations in dense and cnn nets only", "dropout")


Model = Annotated[Net, Field(discriminator="kind"), AfterValidator(_checked)]
