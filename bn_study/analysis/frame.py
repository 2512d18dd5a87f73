"""The table of pandas, named once, so that other rooms can pass one on without importing pandas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

Table: TypeAlias = pd.DataFrame


def table_of(
    rows: Sequence[Mapping[str, Any]], columns: Sequence[str], floats: Iterable[str], counts: Iterable[str]
) -> Table:
    """Rows → table with `columns` in this order.

    `floats` become float64 (None → NaN), `counts` Int64 (None → <NA>), so that a column has one type however
    many runs are missing; the other columns keep what they hold.
    """
    kinds = {**dict.fromkeys(floats, "float64"), **dict.fromkeys(counts, "Int64")}
    return pd.DataFrame({name: _column([row[name] for row in rows], kinds.get(name)) for name in columns})


def _column(values: list[Any], dtype: str | None) -> pd.Series[Any]:
    """Without a type: of one that holds every value as it is, so that an integer among floats is not rounded."""
    series = pd.Series(values, dtype=dtype or (None if values else "object"))
    return series if dtype or series.tolist() == values else pd.Series(values, dtype="object")


def numbers(table: Table, column: str) -> list[float]:
    """The column as floats, row by row; NaN where there is none."""
    values: list[float] = table[column].to_numpy(dtype="float64", na_value=np.nan).tolist()
    return values


def columns_of(table: Table, names: Iterable[str]) -> dict[str, list[float]]:
    """`numbers` of several columns; of many small tables 5 times faster than one by one."""
    names = list(names)
    values = table[names].to_numpy(dtype="float64", na_value=np.nan)
    return {name: values[:, place].tolist() for place, name in enumerate(names)}


def texts(table: Table, column: str) -> list[str]:
    """The column as text, row by row; empty where there is none."""
    return [value if isinstance(value, str) else "" for value in table[column]]


def csv_text(table: Table) -> str:
    r"""CSV with `\n` line ends; floats as Python's shortest text that reads back to the same bits."""
    text = table.to_csv(None, index=False, lineterminator="\n")
    assert isinstance(text, str)
    return text
