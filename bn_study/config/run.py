"""RunSpec: what one training run is. Complete, frozen, and checked; with its parts the only home of every default.

A default may never change its value: runs are identified by their departures from the defaults
(planning.identity), so that a field added later with an inert default leaves old ids as they are.
`tests/config/test_run.py` pins them.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, model_validator

from bn_study.config.frozen import Count, Frozen
from bn_study.config.model import Model
from bn_study.config.probes import Probes
from bn_study.config.problem import contradiction
from bn_study.config.training import TrainingSpec
from bn_study.datasets import describe


class NoScaling(Frozen):
    """Pixels enter the net as they are, 0 to 255."""

    kind: Literal["none"]


class UnitScaling(Frozen):
    """Pixels divided by 255: inputs from 0 to 1."""

    kind: Literal["unit"]


class StandardizeScaling(Frozen):
    """Mean 0 and variance 1 over the training part, per colour channel or per input feature."""

    kind: Literal["standardize"]
    per: Literal["channel", "feature"] = "channel"


Scaling = Annotated[NoScaling | UnitScaling | StandardizeScaling, Field(discriminator="kind")]


class Stratum(Frozen):
    """One of `of` intervals of a property of the images, fitted on the training part to hold equally many of it."""

    by: Literal["brightness"] = Field(description="the mean of an image's bytes, before any resizing")
    of: Annotated[int, Field(ge=2)] = Field(description="how many strata there are")
    part: Count = Field(description="which of them, counted from 1, the darkest; validation is on its images")
    train_on: Literal["part", "all"] = Field("part", description="train on the images of the part, or on all")

    @model_validator(mode="after")
    def _is_one_of_them(self) -> Self:
        if self.part > self.of:
            raise contradiction(f"there is no part {self.part} of {self.of}", "part", "of")
        return self


DatasetName: TypeAlias = Literal[
    "cifar10", "cifar100", "fashion_mnist", "digits", "pulses", "breast_cancer", "npz", "image_folder"
]


class DatasetSpec(Frozen):
    """Which images, how many of them, and how they are scaled."""

    name: DatasetName = Field(description="data set; npz and image_folder read your own data from `path`")
    path: str | None = Field(None, description="your own file or folder; only for npz and image_folder")
    train_images: Count | None = Field(None, description="train on a stratified subset of this size; null = all")
    validation_fraction: Annotated[float, Field(gt=0.0, lt=1.0)] | None = Field(
        None, description="hold out this part of the training images for validation; null = validate on the test set"
    )
    image_size: Count | None = Field(
        None, description="resize to this height and width, by area averages; null = as they are"
    )
    stratum: Stratum | None = Field(None, description="keep one stratum of the images; null = all images")
    scaling: Scaling = Field(StandardizeScaling(kind="standardize"), description="input scaling, fitted on train only")

    @property
    def trained_share(self) -> float:
        """Of the training part, the share that is trained on: 1 without strata, ties apart."""
        return 1.0 / self.stratum.of if self.stratum and self.stratum.train_on == "part" else 1.0

    @model_validator(mode="after")
    def _own_data_has_a_path(self) -> Self:
        own = self.name in ("npz", "image_folder")
        if own and self.path is None:
            raise contradiction(f"`name: {self.name}` needs `path:`, your own data", "name", "path")
        if not own and self.path is not None:
            message = f"`path` is only for npz and image_folder; {self.name} is found by `--data-dir`"
            raise contradiction(message, "path", "name")
        return self

    @model_validator(mode="after")
    def _a_table_has_no_pixels(self) -> Self:
        if describe(self.name).is_table:
            for field in ("image_size", "stratum"):
                if getattr(self, field) is not None:
                    raise contradiction(f"`{field}` is of images, and {self.name} is a table", field, "name")
            if self.scaling.kind == "unit":
                message = f"`unit` divides bytes by 255, and {self.name} is a table; use standardize or none"
                raise contradiction(message, "scaling", "name")
        return self


class RunSpec(Frozen):
    """One training run, complete. Same spec, same machine, same thread count: the same metrics, bit for bit."""

    dataset: DatasetSpec
    model: Model
    training: TrainingSpec
    probes: Probes | None = Field(
        None, description="what is looked at inside the net while it is trained; null = nothing"
    )
    seed: Annotated[int, Field(ge=0, lt=2**31)] = Field(0, description="root of all random streams")

    @model_validator(mode="after")
    def _a_table_is_not_augmented(self) -> Self:
        augmentation, name = self.training.augmentation, self.dataset.name
        if describe(name).is_table and (augmentation.moves or augmentation.recolours):
            raise contradiction(
                f"`augmentation` is of images, and {name} is a table", "training.augmentation", "dataset"
            )
        return self
