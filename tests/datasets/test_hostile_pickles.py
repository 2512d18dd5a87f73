from __future__ import annotations

import io
import os
import pickle
import pickletools
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bn_study.datasets import pickles
from bn_study.datasets.error import DatasetError
from bn_study.datasets.pickles import read_record

Pickled = Callable[[Mapping[bytes, Any], int | None], bytes]


def read(content: bytes) -> Mapping[object, object]:
    return read_record(io.BytesIO(content), "batch_x")


class Call:
    """Pickles as a call of a function."""

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        self.call = function, arguments

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return self.call


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_code_in_a_pickle_is_refused_by_name_and_not_run(protocol: int, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    content = pickle.dumps({b"data": Call(os.system, f"touch {mark}")}, protocol=protocol)
    with pytest.raises(DatasetError, match=r"batch_x .*asks for posix\.system|asks for nt\.system"):
        read(content)
    assert not mark.exists()
    pickle.loads(content)  # the attack is a real one
    assert mark.exists()


@pytest.mark.parametrize(
    "name",
    [
        b"builtins\neval",
        b"__builtin__\neval",
        b"numpy\nload",
        b"numpy\nfromfile",
        b"numpy.core.multiarray\nfromfile",
        b"numpy._core.multiarray\nfrombuffer",
        b"_codecs\ndecode",
        b"copyreg\n_reconstructor",
        b"functools\npartial",
        b"bn_study.datasets.pickles\n_Unpickler",
    ],
)
def test_every_name_but_those_of_arrays_is_refused(name: bytes) -> None:
    with pytest.raises(DatasetError, match="asks for"):
        read(b"}(U\x01ac" + name + b"\nu.")


def test_dotted_names_do_not_reach_through_an_admitted_one() -> None:
    content = b"\x80\x04}(C\x01a\x8c\x05numpy\x8c\x10ndarray.__init__\x93u."
    with pytest.raises(DatasetError, match=r"asks for numpy\.ndarray\.__init__"):
        read(content)


def test_an_array_of_objects_is_refused() -> None:
    content = pickle.dumps({b"data": np.array([None, [1]], dtype=object)}, protocol=2)
    with pytest.raises(DatasetError, match="'O8', where whole numbers are expected"):
        read(content)


@pytest.mark.parametrize(
    "content",
    [
        b"}(U\x01ac_codecs\nencode\n(VQQ==\nVbase64\ntRu.",  # another codec
        b"}(U\x01acnumpy\ndtype\n(VV8\nI0\nI1\ntRu.",  # a type of raw memory
        b"}(U\x01acnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I99\ntVb\ntRu.",  # no state
        b"}(U\x01acnumpy\nndarray\n(I9\ntRu.",  # ndarray called
        b"}(U\x01aPsomething\nu.",  # a persistent id
        b"}(U\x01a\x82\x01u.",  # an extension code
        b"cnumpy\ndtype\n(VforgedI1\ntb.",  # state for the class itself
        b"(I1\nI2\nl.",
        b"I1\n.",
        b".",
        b"",
        b"PK\x03\x04",
        bytes(100),
    ],
)
def test_forged_and_foreign_bytes_end_in_one_kind_of_error(content: bytes) -> None:
    with pytest.raises(DatasetError, match="batch_x is damaged or no data file"):
        read(content)


@pytest.mark.parametrize("stand_in", sorted({s.__name__ for s in pickles._Unpickler.admitted.values()}))
def test_a_pickle_cannot_change_the_stand_ins(stand_in: str) -> None:
    (module, name), kind = next(item for item in pickles._Unpickler.admitted.items() if item[1].__name__ == stand_in)
    before = dict(vars(kind))
    # BUILD with (None, {slot: value}) would set attributes of whatever is on the stack.
    content = b"}(U\x01ac" + f"{module}\n{name}\n".encode() + b"(N}(Vforged\nI1\nutbu."
    with pytest.raises(DatasetError):
        read(content)
    assert dict(vars(kind)) == before


@pytest.mark.parametrize("protocol", [None, 2, 4, 5])
def test_every_cut_of_a_good_pickle_is_refused(protocol: int | None, pickled: Pickled) -> None:
    record = {b"labels": [1, 2, 300], b"data": np.arange(12, dtype=np.uint8).reshape(3, 4)}
    content = pickled(record, protocol)
    for length in range(len(content)):
        with pytest.raises(DatasetError):
            read(content[:length])
    found = read(content)
    np.testing.assert_array_equal(found[b"data"], record[b"data"])


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
@pytest.mark.parametrize("kind", ["u1", "i1", "<i2", ">i2", "<i4", ">i4", "<i8", ">i8", ">u4"])
def test_integer_arrays_of_any_order_are_read(protocol: int, kind: str, pickled: Pickled) -> None:
    for order in ("C", "F"):
        array = np.array([[1, 2, 3], [4, 5, 100]], dtype=kind, order=order)
        found = read(pickled({b"data": array}, protocol))[b"data"]
        np.testing.assert_array_equal(found, array)


def test_the_python2_pickles_of_these_tests_are_what_they_claim(pickled: Pickled) -> None:
    content = pickled({b"data": np.arange(6, dtype=np.uint8).reshape(2, 3), b"labels": [3, 4]}, None)
    codes = {code.name for code, _, _ in pickletools.genops(content)}
    assert "BINSTRING" in codes
    assert not {"BINUNICODE", "BINBYTES", "SHORT_BINBYTES", "STACK_GLOBAL"} & codes
    trusted = pickle.loads(content.replace(b"numpy.core", b"numpy._core"), encoding="bytes")
    np.testing.assert_array_equal(trusted[b"data"], [[0, 1, 2], [3, 4, 5]])
    assert trusted[b"labels"] == [3, 4]


def _little(number: int, size: int) -> bytes:
    return number.to_bytes(size, "little")


TEXT = b"X" + _little(10_000_000, 4) + b"a" * 10_000_000  # 10 MB
#: What asks for memory or stack, a few bytes for much of it.
BOMBS = {
    "a memo index of 4 bytes": b"}r" + _little(2**32 - 1, 4) + b".",
    "a memo index in digits": b"}p4000000000\n.",
    "bytes of 2^40": b"\x8e" + _little(2**40, 8) + b"a.",
    "a text of 2^33": b"\x8d" + _little(2**33, 8) + b"a.",
    "an array of 2^35": b"\x96" + _little(2**35, 8) + b"a.",
    "an array of 2^62": b"\x96" + _little(2**62, 8) + b"a.",
    "a frame of 2^40": b"\x80\x04\x95" + _little(2**40, 8) + b"}.",
    "a number of 2^31 bytes": b"\x8b" + _little(2**31 - 1, 4) + b"a.",
    "marks": b"(" * 2_000_000,
    "in a frame": b"\x80\x04\x95" + _little(2_000_000, 8) + b"]" * 2_000_000,
    "tuples in tuples as a key": b"})" + b"\x85" * 200_000 + b"Ns.",
    "tuples in tuples as keys": b"}()" + b"\x85" * 200_000 + b"Nu.",
    "tuples in tuples in a dictionary": b"()" + b"\x85" * 200_000 + b"Nd.",
    "tuples in tuples in a set": b"\x8f()" + b"\x85" * 200_000 + b"\x90.",
    "tuples in tuples in a frozen set": b"()" + b"\x85" * 200_000 + b"\x91.",
    "lists in lists": b"}U\x01a" + b"]" * 200_000 + b"a" * 199_999 + b"s.",
    "lists that unfold to 10^30": b"}U\x01a]q\x00" + b"".join(
        b"0](" + b"h" + bytes([n]) + (b"h" + bytes([n])) * 9 + b"eq" + bytes([n + 1]) for n in range(30)
    ) + b"s.",
    "the same text made bytes again and again": b"}U\x01a(" + TEXT + b"q\x000"
    + b"c_codecs\nencode\n(h\x00X\x06\x00\x00\x00latin1tR" * 300 + b"ls.",
    "a name of 10 MB": b"}U\x01ac" + b"a" * 10_000_000 + b"\nb\ns.",
    "a type of 10 MB": b"}U\x01acnumpy\ndtype\n(" + TEXT + b"I0\nI1\ntRs.",
}  # fmt: skip
BOUNDED = """
import io, pickle, resource, sys, time
from bn_study.datasets.error import DatasetError
from bn_study.datasets.pickles import read_record
from bn_study.store.environment import peak_memory_bytes
content = sys.stdin.buffer.read()
before = peak_memory_bytes()
status = {line.split(":")[0]: line.split() for line in open("/proc/self/status")}
room = int(status["VmSize"][1]) * 1024 + 600_000_000
resource.setrlimit(resource.RLIMIT_AS, (room, room))
for name, bomb in pickle.loads(content).items():
    began = time.process_time()
    try:
        read_record(io.BytesIO(bomb), "batch_x")
    except DatasetError as error:
        said = str(error)
        assert "damaged or no data file" in said and len(said) < 300, said
        assert "MemoryError" not in said, (name, said)
    else:
        assert name.startswith("a memo index"), name  # harmless where it is but a key
    assert time.process_time() - began < 2.0, (name, time.process_time() - began)
grown = (peak_memory_bytes() - before) / 2**20
print(f"{grown:.0f} MB more")
assert grown < 600
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="measures memory as Linux tells it")
def test_few_bytes_cannot_ask_for_much_memory_or_time() -> None:
    """Each in less than 2 s, all in less than 600 MB, and none by running out of it."""
    done = subprocess.run([sys.executable, "-c", BOUNDED], input=pickle.dumps(BOMBS), capture_output=True)
    assert done.returncode == 0, done.stderr[-2000:].decode()


def test_a_pickle_of_as_many_labels_as_any_is_read(pickled: Pickled) -> None:
    """50,000 names and labels, as CIFAR-100 has them, stay far below the bound on instructions."""
    names = [f"image_{number}.png".encode() for number in range(50_000)]
    record = {b"fine_labels": [1] * 50_000, b"coarse_labels": [2] * 50_000, b"filenames": names}
    content = pickled(record, None)
    assert sum(1 for _ in pickletools.genops(content)) < pickles.MAX_INSTRUCTIONS / 3
    assert read(content) == record
