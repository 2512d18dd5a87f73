"""The setting of a study in a line: which net learned what, from how much, for how long."""

from __future__ import annotations

from bn_study.config.run import RunSpec

_NAMES = {"cifar10": "CIFAR-10", "cifar100": "CIFAR-100", "fashion_mnist": "Fashion-MNIST"}
_NETS = {
    "cnn": "CNN",
    "resnet": "ResNet",
    "inception": "Inception net",
    "dense": "dense net",
    "recurrent": "recurrent net",
}


def setting_text(spec: RunSpec) -> str:
    """'Inception net; CIFAR-10, 10,000 images of 16 × 16; 30 epochs'. Axes of the grid may change each."""
    data, size = spec.dataset, spec.dataset.image_size
    images = f", {data.train_images:,} images" if data.train_images else ", all images"
    of = f" of {size} × {size}" if size else ""
    epochs = spec.training.epochs
    return (
        f"{_NETS.get(spec.model.kind, spec.model.kind)}; {_NAMES.get(data.name, data.name)}{images}{of}; "
        f"{epochs} epoch{'s' * (epochs != 1)}"
    )
