"""What each distinct model of a plan costs: asked of a child process that builds it, so that none is imported here."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bn_study.config.load import StudySource
from bn_study.config.problem import ConfigError, Problem
from bn_study.config.run import DatasetSpec, RunSpec
from bn_study.datasets import describe, load
from bn_study.execution.worker_environment import describing_environment
from bn_study.planning.expansion import Point

DESCRIBER = (sys.executable, "-P", "-m", "bn_study.training.describe")


class Undescribed(Exception):
    """The process that describes nets broke; the message has its last words."""


@dataclass(frozen=True)
class ModelFacts:
    """Parameters, and floating-point operations of one image's forward pass (a multiply-add is 2)."""

    parameters: int
    forward_flops: int


@dataclass(frozen=True)
class DataFacts:
    """Sizes of a data set: (height, width, channels), classes, images of the train and test parts."""

    image_shape: tuple[int, int, int]
    classes: int
    train_images: int
    test_images: int


def model_key(spec: RunSpec) -> str:
    """Equal for runs whose models have equal shapes."""
    data = spec.dataset
    return json.dumps([data.name, data.path, data.image_size, spec.model.model_dump(mode="json")])


@cache
def data_facts(spec: DatasetSpec) -> DataFacts:
    """Without loading, where the data set's sizes are fixed; own data are read. Raises DatasetError."""
    facts = describe(spec.name)
    size = spec.image_size
    if facts.image_shape is not None and facts.classes is not None:
        assert facts.train_images is not None
        assert facts.test_images is not None
        return DataFacts(_resized(facts.image_shape, size), facts.classes, facts.train_images, facts.test_images)
    own = load(spec.name, path=Path(spec.path) if spec.path else None)
    return DataFacts(_resized(own.image_shape, size), own.classes, len(own.train_labels), len(own.test_labels))


def _resized(shape: tuple[int, int, int], size: int | None) -> tuple[int, int, int]:
    return shape if size is None else (size, size, shape[2])


def describe_models(source: StudySource, points: Iterable[Point]) -> dict[str, ModelFacts]:
    """model_key → facts, for every distinct model of the points.

    Raises DatasetError, Undescribed, and ConfigError at each arm whose net does not fit its images.
    """
    points = list(points)
    described = describe_nets(point.spec for point in points)
    problems = [
        _unfit(source, point, reason) for point in points if isinstance(reason := described[model_key(point.spec)], str)
    ]
    if problems:
        raise ConfigError(problems)
    return {key: facts for key, facts in described.items() if isinstance(facts, ModelFacts)}


def _unfit(source: StudySource, point: Point, reason: str) -> Problem:
    arms = source.tree.child("arms")
    arm = arms.child(point.arm) if arms else None
    size = " × ".join(map(str, data_facts(point.spec.dataset).image_shape))
    return Problem((arm or source.tree).place, f"arms.{point.arm}", f"the net does not fit images of {size}: {reason}")


def describe_nets(specs: Iterable[RunSpec]) -> dict[str, ModelFacts | str]:
    """model_key → facts, or why no such net can be built. Raises DatasetError, Undescribed."""
    distinct = {model_key(spec): spec for spec in specs}
    requests = []
    for spec in distinct.values():
        data = data_facts(spec.dataset)
        model = spec.model.model_dump(mode="json")
        requests.append({"model": model, "image_shape": data.image_shape, "classes": data.classes})
    # JAX is the faster to import. It also is what Keras' own NumPy backend cannot do without.
    backend = "jax" if importlib.util.find_spec("jax") else "tensorflow"
    done = subprocess.run(
        DESCRIBER, input=json.dumps(requests), env=describing_environment(backend), capture_output=True, text=True
    )
    if done.returncode:
        last = "\n".join(done.stderr.strip().splitlines()[-5:])
        raise Undescribed(f"nets could not be built to be counted: exit code {done.returncode}\n{last}")
    answers = json.loads(done.stdout.splitlines()[-1])
    return {
        key: answer if isinstance(answer, str) else ModelFacts(*answer)
        for key, answer in zip(distinct, answers, strict=True)
    }


def training_images(spec: RunSpec, data: DataFacts) -> int:
    """Images of one epoch; of a stratum about so many."""
    held_out = round((spec.dataset.validation_fraction or 0.0) * data.train_images)
    whole = spec.dataset.train_images or data.train_images - held_out
    return round(whole * spec.dataset.trained_share)


def validation_images(spec: RunSpec, data: DataFacts) -> int:
    """Held-out training images, or the test part."""
    fraction = spec.dataset.validation_fraction
    return data.test_images if fraction is None else round(fraction * data.train_images)


def training_flops(spec: RunSpec, model: ModelFacts, data: DataFacts) -> float:
    """Of a whole run: three forward passes an image and epoch, and one a validation image."""
    images = 3 * training_images(spec, data) + validation_images(spec, data)
    return float(spec.training.total_epochs * model.forward_flops * images)
