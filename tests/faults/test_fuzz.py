"""Bytes gone wrong at random, in everything that is read: an answer or the one kind of error, in bounded time."""

from __future__ import annotations

import io
import pickle
import random
import re
import sys
import tarfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from study_files import DENSE_STUDY

from bn_study import cli
from bn_study.config.load import load_study
from bn_study.config.problem import ConfigError
from bn_study.config.source import read_yaml
from bn_study.datasets import DatasetError, load
from bn_study.datasets.archive import read_members
from bn_study.datasets.pickles import read_record

LONGEST = 2.0  # seconds for one reading, on a busy machine


def spoiled(content: bytes, chance: random.Random) -> bytes:
    """One to four accidents: bytes changed, cut, doubled, put in; or nothing but noise."""
    if chance.random() < 0.02:
        return chance.randbytes(chance.randrange(200))
    spoilt = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(spoilt) + 1)
        match chance.randrange(5):
            case 0:
                spoilt[at : at + 1] = chance.randbytes(1)
            case 1:
                del spoilt[at:]
            case 2:
                del spoilt[at : at + chance.randint(1, 40)]
            case 3:
                spoilt[at:at] = spoilt[at : at + chance.randint(1, 40)]
            case 4:
                spoilt[at:at] = chance.choice(
                    [b"\x00", b"\xff" * 8, b"&a ", b"*a", b"{", b"- ", b"\n", b": ", b"9" * 30]
                )
    return bytes(spoilt)


def npz(folder: Path) -> tuple[bytes, Callable[[bytes], object]]:
    images, labels = np.zeros((4, 3, 3, 1), np.uint8), np.array([0, 1, 0, 1])
    content = io.BytesIO()
    np.savez(content, x_train=images, y_train=labels, x_test=images, y_test=labels)
    return content.getvalue(), through_a_file(folder / "own.npz", lambda path: load("npz", path=path))


def batch(folder: Path) -> tuple[bytes, Callable[[bytes], object]]:
    record = {b"data": np.zeros((3, 12), np.uint8), b"labels": [0, 1, 2]}
    content = pickle.dumps(record, protocol=2)
    return content, lambda spoilt: read_record(io.BytesIO(spoilt), "a batch")


def archive(folder: Path) -> tuple[bytes, Callable[[bytes], object]]:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as tar:
        for name in ("cifar/one", "cifar/two"):
            member = tarfile.TarInfo(name)
            member.size = 100
            tar.addfile(member, io.BytesIO(bytes(100)))
    names = ("cifar/one", "cifar/two")
    read = through_a_file(folder / "a.tar.gz", lambda path: [file.read() for _, file in read_members(path, names)])
    return content.getvalue(), read


def image(folder: Path) -> tuple[bytes, Callable[[bytes], object]]:
    content = io.BytesIO()
    Image.fromarray(np.arange(48, dtype=np.uint8).reshape(4, 4, 3)).save(content, "png")
    for part in ("train", "test"):
        for name in ("cats", "dogs"):
            (folder / "images" / part / name).mkdir(parents=True, exist_ok=True)
            (folder / "images" / part / name / "0.png").write_bytes(content.getvalue())
    spot = folder / "images" / "train" / "cats" / "0.png"
    return content.getvalue(), through_a_file(spot, lambda path: load("image_folder", path=folder / "images"))


def study(folder: Path) -> tuple[bytes, Callable[[bytes], object]]:
    (folder / "configs").mkdir(exist_ok=True)
    recipe = DENSE_STUDY.parents[1] / "configs" / "dense.yaml"
    (folder / "configs" / "dense.yaml").write_bytes(recipe.read_bytes())
    (folder / "experiments").mkdir(exist_ok=True)
    return DENSE_STUDY.read_bytes(), through_a_file(folder / "experiments" / "study.yaml", load_study)


def yaml(folder: Path) -> tuple[bytes, Callable[[bytes], object]]:
    content = b"a: &x [1, 1e-3, {b: 'text', c: \"\\u00e9\"}]\nd: |\n  lines\ne: [*x]\n? f\n: 3\n"
    return content, through_a_file(folder / "any.yaml", read_yaml)


def through_a_file(path: Path, read: Callable[[Path], object]) -> Callable[[bytes], object]:
    def reader(content: bytes) -> object:
        path.write_bytes(content)
        return read(path)

    return reader


@pytest.mark.filterwarnings("ignore")  # of NumPy, on headers of other versions
@pytest.mark.parametrize("make", [npz, batch, archive, image, study, yaml], ids=lambda make: make.__name__)
@pytest.mark.parametrize("seconds", [0.5, pytest.param(10.0, marks=pytest.mark.long)])
def test_spoiled_bytes_end_in_an_answer_or_in_one_kind_of_error(
    make: Callable[[Path], tuple[bytes, Callable[[bytes], object]]], seconds: float, tmp_path: Path
) -> None:
    content, read = make(tmp_path)
    chance, began, answers, errors = random.Random(int(seconds)), time.monotonic(), 0, 0
    slowest = 0.0
    while time.monotonic() - began < seconds:
        spoilt, start = spoiled(content, chance), time.process_time()
        try:
            read(spoilt)
            answers += 1
        except (DatasetError, ConfigError):
            errors += 1
        except BaseException as error:
            raise AssertionError(f"{error!r} on {spoilt!r}") from error
        slowest = max(slowest, time.process_time() - start)
    print(f"{make.__name__}: {answers + errors} readings, {errors} refused, slowest {slowest:.3f} s")
    assert errors > 0
    assert slowest < LONGEST


@pytest.mark.parametrize("studies", [75, pytest.param(300, marks=pytest.mark.long)])
def test_spoiled_studies_through_the_command_line(
    studies: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`check` says that a study is valid, or exits with 2 and names file, line and column; never a traceback."""
    content, _ = study(tmp_path)
    path, chance, codes = tmp_path / "experiments" / "study.yaml", random.Random(studies), Counter[object]()
    monkeypatch.setattr(sys, "argv", ["bn-study", "check", str(path)])
    for _ in range(studies):
        path.write_bytes(spoiled(content, chance))
        with pytest.raises(SystemExit) as end:
            cli.main()
        codes[end.value.code] += 1
        said = capsys.readouterr().err.splitlines()
        if end.value.code:
            *problems, count = said
            assert re.fullmatch(r"\d+ problems?", count)
            assert problems
            assert all(re.match(rf"{re.escape(str(tmp_path))}\S+\.yaml:\d+:\d+: ", line) for line in problems), said
    print(f"{studies} spoiled studies: {codes[0]} valid, {codes[2]} refused")
    assert set(codes) == {0, 2}
