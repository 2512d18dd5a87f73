"""How the official CIFAR archives are laid out, and what identifies their bytes.

Archive checksums: Keras 3's keras/src/datasets/cifar10.py and cifar100.py. Checksums of single files:
torchvision/datasets/cifar.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bn_study.datasets import class_names
from bn_study.datasets.remote_file import RemoteFile


@dataclass(frozen=True)
class BatchFile:
    """One pickled file: so many images of one part."""

    file: str
    part: Literal["train", "test"]
    images: int
    md5: str
    """of the official file"""


@dataclass(frozen=True)
class CifarLayout:
    """The python version of a CIFAR data set: images of 32 x 32 x 3, stored channels first."""

    name: str
    title: str
    folder: str
    """the folder inside the archive"""
    archive: RemoteFile
    label_key: bytes
    class_names: tuple[str, ...]
    batches: tuple[BatchFile, ...]
    """train batches stand in their order"""

    @property
    def archive_names(self) -> tuple[str, ...]:
        """Under which names the archive is found: the official one, Keras 2's, Keras 3's."""
        return (
            self.archive.name,
            f"{self.folder}.tar.gz",
            f"{self.folder}-target_archive",
            f"{self.folder}-target.tar.gz",
        )

    def images(self, part: Literal["train", "test"]) -> int:
        """How many images a part has."""
        return sum(batch.images for batch in self.batches if batch.part == part)


CIFAR10 = CifarLayout(
    name="cifar10",
    title="CIFAR-10",
    folder="cifar-10-batches-py",
    archive=RemoteFile(
        "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
        "cifar-10-python.tar.gz",
        "sha256",
        "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
    ),
    label_key=b"labels",
    class_names=class_names.CIFAR10,
    batches=(
        BatchFile("data_batch_1", "train", 10_000, "c99cafc152244af753f735de768cd75f"),
        BatchFile("data_batch_2", "train", 10_000, "d4bba439e000b95fd0a9bffe97cbabec"),
        BatchFile("data_batch_3", "train", 10_000, "54ebc095f3ab1f0389bbae665268c751"),
        BatchFile("data_batch_4", "train", 10_000, "634d18415352ddfa80567beed471001a"),
        BatchFile("data_batch_5", "train", 10_000, "482c414d41f54cd18b22e5b47cb7c3cb"),
        BatchFile("test_batch", "test", 10_000, "40351d587109b95175f43aff81a1287e"),
    ),
)

CIFAR100 = CifarLayout(
    name="cifar100",
    title="CIFAR-100",
    folder="cifar-100-python",
    archive=RemoteFile(
        "https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz",
        "cifar-100-python.tar.gz",
        "sha256",
        "85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7",
    ),
    label_key=b"fine_labels",
    class_names=class_names.CIFAR100,
    batches=(
        BatchFile("train", "train", 50_000, "16019d7e3df5f24257cddd939b257f8d"),
        BatchFile("test", "test", 10_000, "f0ef6b0ae62326f3e7ffdfab6717acfc"),
    ),
)
