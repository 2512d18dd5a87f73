"""A name for what no type checker knows."""

from __future__ import annotations

from typing import Any, TypeAlias

#: A tensor of the backend, with values or traced. (What a net is built of is a keras.KerasTensor.)
Tensor: TypeAlias = Any
