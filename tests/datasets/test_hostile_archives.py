from __future__ import annotations

import gzip
import os
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from bn_study.datasets.archive import MAX_UNPACKED_BYTES
from bn_study.datasets.cifar import read_archive
from bn_study.datasets.cifar_layout import CifarLayout
from bn_study.datasets.error import DatasetError
from bn_study.datasets.remote_file import MAX_FILE_BYTES

Files = dict[str, bytes]
WriteArchive = Callable[..., Path]


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "", size: int = 0) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.size = kind, link, size
    return info


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE])
def test_a_batch_that_is_no_plain_file_is_refused(
    kind: bytes, tiny: CifarLayout, files: Files, write_archive: WriteArchive, tmp_path: Path
) -> None:
    del files["test_batch"]
    path = write_archive(tmp_path / "a.tar.gz", files, (member("tiny-py/test_batch", kind, "/etc/passwd"), b""))
    with pytest.raises(DatasetError, match="tiny-py/test_batch is a link or another special member"):
        read_archive(tiny, path)


def test_members_with_other_names_are_passed_over_and_nothing_is_written(
    tiny: CifarLayout, files: Files, write_archive: WriteArchive, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    clean = read_archive(tiny, write_archive(tmp_path / "clean" / "a.tar.gz", files))
    path = write_archive(
        tmp_path / "forged" / "a.tar.gz",
        files,
        (member(str(outside), size=3), b"abc"),
        (member("../outside", size=3), b"abc"),
        (member("/tiny-py/test_batch", size=3), b"abc"),
        (member("tiny-py/../tiny-py/test_batch", size=3), b"abc"),
        (member("tiny-py/elsewhere", tarfile.SYMTYPE, str(outside)), b""),
        (member("tiny-py/elsewhere/test_batch", size=3), b"abc"),
    )
    before = sorted(tmp_path.rglob("*"))
    assert read_archive(tiny, path).fingerprint == clean.fingerprint
    assert sorted(tmp_path.rglob("*")) == before


def test_a_batch_that_comes_twice_is_refused(
    tiny: CifarLayout, files: Files, write_archive: WriteArchive, tmp_path: Path
) -> None:
    again = files["test_batch"]
    path = write_archive(tmp_path / "a.tar.gz", files, (member("./tiny-py/test_batch", size=len(again)), again))
    with pytest.raises(DatasetError, match="test_batch is there twice"):
        read_archive(tiny, path)


def test_an_archive_without_a_batch_is_refused(
    tiny: CifarLayout, files: Files, write_archive: WriteArchive, tmp_path: Path
) -> None:
    del files["data_batch_1"]
    with pytest.raises(DatasetError, match="incomplete: tiny-py/data_batch_1 missing"):
        read_archive(tiny, write_archive(tmp_path / "a.tar.gz", files))


def test_a_truncated_archive_is_refused_wherever_it_is_cut(
    tiny: CifarLayout, files: Files, write_archive: WriteArchive, tmp_path: Path
) -> None:
    path = write_archive(tmp_path / "a.tar.gz", files)
    whole = path.read_bytes()
    for length in (0, 5, 20, 500, len(whole) // 2, len(whole) - 2000):
        path.write_bytes(whole[:length])
        with pytest.raises(DatasetError, match=r"a\.tar\.gz"):
            read_archive(tiny, path)


def test_what_is_no_archive_is_refused(tiny: CifarLayout, tmp_path: Path) -> None:
    path = tmp_path / "a.tar.gz"
    path.write_bytes(b"<html>404</html>")
    with pytest.raises(DatasetError, match=r"no \.tar\.gz archive\. Delete it"):
        read_archive(tiny, path)


def test_a_member_that_claims_too_much_is_refused_before_it_is_read(tiny: CifarLayout, tmp_path: Path) -> None:
    header = member("tiny-py/test_batch", size=MAX_FILE_BYTES + 1).tobuf()
    path = tmp_path / "a.tar.gz"
    path.write_bytes(gzip.compress(header))
    with pytest.raises(DatasetError, match=r"tiny-py/test_batch has 200,000,001 bytes"):
        read_archive(tiny, path)


@pytest.mark.parametrize("kind", [tarfile.REGTYPE, tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME])
def test_an_archive_that_unpacks_without_end_is_given_up(kind: bytes, tiny: CifarLayout, tmp_path: Path) -> None:
    header = member("anything", kind, size=MAX_UNPACKED_BYTES).tobuf()
    path = tmp_path / "a.tar.gz"
    path.write_bytes(gzip.compress(header + bytes(1024)))
    with pytest.raises(DatasetError, match="unpacks to more than"):
        read_archive(tiny, path)


def test_a_file_larger_than_any_official_one_is_not_read(tiny: CifarLayout, tmp_path: Path) -> None:
    path = tmp_path / "a.tar.gz"
    with path.open("wb") as file:
        os.truncate(file.fileno(), MAX_FILE_BYTES + 1)  # sparse: takes no room
    with pytest.raises(DatasetError, match="it has 200,000,001 bytes"):
        read_archive(tiny, path)


PROPERTIES = b"11 a=00000\n" * 46  # each of 11 bytes, as it says


@pytest.mark.parametrize(
    "header",
    [
        member("anything").tobuf(),
        member("anything", tarfile.XHDTYPE, size=len(PROPERTIES)).tobuf() + PROPERTIES.ljust(512, b"\0"),
    ],
    ids=["members", "properties"],
)
def test_an_archive_of_nothing_but_headers_is_given_up(header: bytes, tiny: CifarLayout, tmp_path: Path) -> None:
    """300,000 of them fit into 3 MB; the official archives have 9."""
    path = tmp_path / "a.tar.gz"
    path.write_bytes(gzip.compress(header * 300))
    with pytest.raises(DatasetError, match="has more than 100,000 bytes of headers"):
        read_archive(tiny, path)
