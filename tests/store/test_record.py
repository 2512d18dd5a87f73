"""RunRecord and its JSON: the same to the bit, closed, and of one schema version."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from records import ENVIRONMENT
from run_specs import RUN_SPECS

from bn_study.planning.identity import fingerprint
from bn_study.store.record import (
    CostRecord,
    DataRecord,
    EpochRecord,
    ErrorRecord,
    FinalRecord,
    RunRecord,
)

FINITE = st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
# Every field by its type: `register_type_strategy` would reach other tests, so the plain types are given here.
BY_TYPE: dict[Any, st.SearchStrategy[Any]] = {
    int: st.integers(0, 2**60), float: FINITE, str: TEXTS, float | None: st.none() | FINITE, bool: st.booleans(),
    int | None: st.none() | st.integers(0, 2**60), tuple[int, int, int] | None: st.none() | st.just((8, 8, 1)),
    tuple[str, ...]: st.lists(TEXTS, max_size=2).map(tuple),
}  # fmt: skip


def records(kind: type) -> st.SearchStrategy[Any]:
    fields = kind.model_fields.items()  # type: ignore[attr-defined]
    return st.builds(kind, **{name: BY_TYPE.get(info.annotation, st.just("test")) for name, info in fields})


EPOCHS = st.lists(records(EpochRecord), max_size=3).map(tuple)
RUNS = st.builds(
    RunRecord,
    run_id=TEXTS,
    fingerprint=TEXTS,
    status=st.sampled_from(["finished", "diverged", "failed"]),
    spec=RUN_SPECS,
    epochs=EPOCHS,
    diverged_at_epoch=st.none() | st.integers(1, 99),
    final=st.none() | records(FinalRecord),
    cost=st.none() | records(CostRecord),
    data=st.none() | records(DataRecord),
    environment=st.just(ENVIRONMENT),
    error=st.none() | records(ErrorRecord),
    started=TEXTS,
    ended=TEXTS,
)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(RUNS)
def test_a_record_survives_its_json(record: RunRecord) -> None:
    """As it is written into result.json; the spec in it keeps its fingerprint."""
    read = RunRecord.model_validate_json(record.model_dump_json(indent=1))
    assert repr(read) == repr(record)
    assert fingerprint(read.spec) == fingerprint(record.spec)


@pytest.mark.parametrize("loss", [math.nan, math.inf, -math.inf])
def test_a_loss_that_is_not_finite_is_stored_as_null(loss: float) -> None:
    """JSON has no NaN; a reader in any language must cope."""
    epoch = EpochRecord(
        epoch=1, learning_rate=10.0, train_loss=loss, train_accuracy=0.1, validation_loss=loss,
        validation_accuracy=None, train_seconds=1.0, validation_seconds=0.0, steps=1, images_per_second=1.0,
    )  # fmt: skip
    text = epoch.model_dump_json()
    assert json.loads(text)["train_loss"] is None
    assert EpochRecord.model_validate_json(text).validation_loss is None


REQUIRED = [name for name, info in RunRecord.model_fields.items() if info.is_required()]


@settings(max_examples=30, deadline=None, derandomize=True)
@given(RUNS, st.sampled_from(REQUIRED))
def test_a_record_with_a_key_more_or_less_is_refused(record: RunRecord, name: str) -> None:
    """Of another version of this program, perhaps: it is not read as if it were of this one."""
    tree = json.loads(record.model_dump_json())
    fewer = {key: part for key, part in tree.items() if key != name}
    for wrong in (fewer, {**tree, "surplus": 1}, {**tree, "schema_version": 2}):
        with pytest.raises(ValidationError):
            RunRecord.model_validate_json(json.dumps(wrong))
