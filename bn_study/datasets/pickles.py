"""Reading a pickle from disk without trusting it.

A pickle is a program: it may name any function and call it. Here every name is refused except the few
that a pickled numpy array or number needs, and even those are not numpy's: each is an inert stand-in
that keeps what it was given. numpy's own `dtype.__setstate__` believes the flags and fields it is told, so
a forged dtype over plain bytes could pass an address off as an object. No numpy object is made before
the pickle is read to its end, and then only from an integer type and its bytes.

Nor may it take what it likes. C's unpickler reserves as much memory as an index or a length asks for: 200 bytes
reserved gigabytes. Python's own does not, at 0.25 instead of 0.21 s a batch of CIFAR-10. What is left is bounded here:
instructions, bytes read and made, and what a dictionary may hold, which must not be nested.
"""

from __future__ import annotations

import pickle
import re
import struct
from collections.abc import Mapping, Sequence
from typing import IO, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from bn_study.datasets.error import DatasetError
from bn_study.datasets.remote_file import MAX_FILE_BYTES

MAX_INSTRUCTIONS = 600_000
"""CIFAR-100's train batch, 50,000 names and twice as many labels, needs about 200,000."""

_INTEGER = re.compile(r"[<>|=]?([iu][1248])")


class _Inert:
    """Without attributes to set, and with a `__setstate__` of its own: a pickle cannot change it."""

    __slots__ = ()

    def __setstate__(self, state: Any) -> None:
        raise pickle.UnpicklingError(f"{type(self).__name__} takes no state")


class _ArrayType(_Inert):
    """Stands for the class numpy.ndarray: only ever an argument."""

    __slots__ = ()


class _IntegerType(_Inert):
    """Stands for numpy.dtype; knows whole numbers alone."""

    __slots__ = ("order", "size")

    def __init__(self, code: str | bytes, align: object = False, copy: object = False) -> None:
        match = _INTEGER.fullmatch(code.decode("ascii") if isinstance(code, bytes) else code)
        if match is None:
            raise pickle.UnpicklingError(f"an array of {code!r}, where whole numbers are expected")
        self.size, self.order = match[1], "<"

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        order = state[1].decode("ascii") if isinstance(state[1], bytes) else state[1]
        self.order = ">" if order == ">" else "<"

    def dtype(self) -> np.dtype[Any]:
        return np.dtype(self.order + self.size)


class _Array(_Inert):
    """Stands for `_reconstruct` and for the array that it makes."""

    __slots__ = ("data", "fortran", "kind", "shape")

    def __init__(self, kind: object, shape: object, typecode: object) -> None:
        self.shape: tuple[int, ...] = (0,)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        _, self.shape, self.kind, self.fortran, self.data = state

    def array(self) -> NDArray[np.integer]:
        """The array over the bytes that were read: no copy, read-only."""
        flat: NDArray[np.integer] = np.frombuffer(self.data, dtype=self.kind.dtype())
        return flat.reshape(self.shape, order="F" if self.fortran else "C")


class _Buffer(_Array):
    """Stands for `_frombuffer`, which makes arrays from protocol 5 on."""

    __slots__ = ()

    def __init__(self, data: object, kind: object, shape: tuple[int, ...], order: str, *_: object) -> None:
        self.data, self.kind, self.shape, self.fortran = data, kind, shape, order == "F"


class _Scalar(_Inert):
    """Stands for numpy's `scalar`: gives a plain int."""

    __slots__ = ()

    def __new__(cls, kind: _IntegerType, data: bytes) -> Self:
        return int(np.frombuffer(data, dtype=kind.dtype())[0])  # type: ignore[return-value]


class _Latin1(_Inert):
    """Stands for `_codecs.encode`, by which Python 3 writes bytes into protocol 2: gives bytes."""

    __slots__ = ()

    def __new__(cls, text: str, encoding: str) -> Self:
        if encoding != "latin1":
            raise pickle.UnpicklingError("an encoding other than latin1")
        return text.encode("latin1")  # type: ignore[return-value]


class _Measured:
    """A stream whose reads are whole, and no longer than any official file."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.readline = stream.readline

    def read(self, size: int) -> bytes:
        if size > MAX_FILE_BYTES:
            raise pickle.UnpicklingError(f"it asks for {size:,} bytes at once")
        found = self._stream.read(size)
        if len(found) < size:
            raise EOFError("it ends too early")
        return found


class _Instructions(dict[int, Any]):
    """Those that data need, handed out so many times."""

    left = MAX_INSTRUCTIONS

    def __getitem__(self, code: int) -> Any:
        self.left -= 1
        if self.left < 0:
            raise pickle.UnpicklingError(f"more than {MAX_INSTRUCTIONS:,} instructions")
        return super().__getitem__(code)

    def __missing__(self, code: int) -> None:
        raise pickle.UnpicklingError(f"instruction {chr(code)!r}, which no image data needs")


_InPython: Any = pickle._Unpickler  # of whose methods its stubs tell nothing


class _Unpickler(_InPython):  # type: ignore[misc]
    admitted: ClassVar[Mapping[tuple[str, str], type[_Inert]]] = {
        ("numpy", "ndarray"): _ArrayType,
        ("numpy", "dtype"): _IntegerType,
        ("_codecs", "encode"): _Latin1,
        **{
            (f"numpy.{core}.{module}", name): stand_in
            for core in ("core", "_core")
            for module, name, stand_in in (
                ("multiarray", "_reconstruct", _Array),
                ("multiarray", "scalar", _Scalar),
                ("numeric", "_frombuffer", _Buffer),
            )
        },
    }

    #: Other objects than those admitted, sets, and references to what is not in the file.
    refused = (
        pickle.INST, pickle.OBJ, pickle.NEWOBJ, pickle.NEWOBJ_EX, pickle.EXT1, pickle.EXT2, pickle.EXT4,
        pickle.PERSID, pickle.BINPERSID, pickle.EMPTY_SET, pickle.ADDITEMS, pickle.FROZENSET,
        pickle.NEXT_BUFFER, pickle.READONLY_BUFFER,
    )  # fmt: skip

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__(_Measured(stream), encoding="bytes")
        own = {
            pickle.REDUCE: _Unpickler.load_reduce,
            pickle.SETITEM: _Unpickler.load_setitem,
            pickle.SETITEMS: _Unpickler.load_setitems,
            pickle.DICT: _Unpickler.load_dict,
            pickle.BYTEARRAY8: _Unpickler.load_bytearray8,
        }
        known = {**_InPython.dispatch, **{code[0]: load for code, load in own.items()}}
        self.dispatch = _Instructions({code: load for code, load in known.items() if bytes([code]) not in self.refused})
        self.made_bytes = 0

    def find_class(self, module: str, name: str) -> type[_Inert]:
        try:
            return self.admitted[module, name]
        except KeyError:
            raise pickle.UnpicklingError(
                f"it asks for {module}.{name}, which no image data needs; nothing of it was run"
            ) from None

    def load_reduce(self) -> None:
        """A call may make bytes of a text, and the same text may be asked for again and again."""
        super().load_reduce()
        made = self.stack[-1]
        self.made_bytes += len(made) if isinstance(made, bytes) else 0
        if self.made_bytes > MAX_FILE_BYTES:
            raise pickle.UnpicklingError(f"it makes more than {MAX_FILE_BYTES:,} bytes")

    def load_setitem(self) -> None:
        _check_keys(self.stack[-2:-1])
        super().load_setitem()

    def load_setitems(self) -> None:
        _check_keys(self.stack[::2])  # all since the last mark: key, value, key, value
        super().load_setitems()

    def load_dict(self) -> None:
        _check_keys(self.stack[::2])
        super().load_dict()

    def load_bytearray8(self) -> None:
        """Read before it is allocated, not after."""
        (size,) = struct.unpack("<Q", self.read(8))
        self.append(bytearray(self.read(size)))


def _check_keys(keys: Sequence[object]) -> None:
    """Hashing tuples in tuples in tuples would run out of stack, and end the process."""
    if not all(isinstance(key, (bytes, str, int)) for key in keys):
        raise pickle.UnpicklingError("a key that is neither text nor a number")


def _plain(value: object) -> object:
    """A value of the record, its array made. Lists within lists could unfold to any size."""
    if isinstance(value, _Array):
        return value.array()
    parts = value if isinstance(value, list) else [value]
    if not all(isinstance(part, (bytes, str, int)) for part in parts):
        raise pickle.UnpicklingError("a value that is no array, number, text or list of these")
    return value


def read_record(stream: IO[bytes], where: str) -> Mapping[object, object]:
    """The dictionary that a pickle holds, of whole numbers, text, lists and integer arrays alone.

    Python 2's strings, as in the official files, become bytes. Arrays are turned into numpy arrays where
    they are values of the dictionary. Raises DatasetError, which names `where`, on anything else.
    """
    try:
        record = _Unpickler(stream).load()
        if not isinstance(record, dict):
            raise pickle.UnpicklingError(f"it holds a {type(record).__name__}, not a dictionary")
        return {key: _plain(value) for key, value in record.items()}
    # Bytes that are no pickle, or a forged one, end in nearly any exception there is.
    except Exception as error:
        reason = str(error) or type(error).__name__
        raise DatasetError(f"{where} is damaged or no data file: {reason[:200]}.") from error
