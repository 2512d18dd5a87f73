"""Numbers, labels and tables as people read them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bn_study.analysis.statistics import Interval
from bn_study.config.metric import EPOCH_METRICS, RUN_METRICS
from bn_study.presentation.words.number import (
    NOTHING,
    as_printed,
    mean_and_half,
    number,
    p_equals,
    p_text,
    ratio_range,
    scale_of,
    signed,
    signed_range,
)
from bn_study.presentation.words.origin import data_line
from bn_study.presentation.words.text_table import TextTable, escaped
from bn_study.presentation.words.wording import arm_label, enumeration, label_of, sentence, value_label, with_unit
from bn_study.store.record import DataRecord

ACCURACY, STEP = scale_of("last_validation_accuracy"), scale_of("step_seconds")


def test_accuracies_are_percent_and_steps_milliseconds() -> None:
    assert mean_and_half(Interval(0.5234, 0.5194, 0.5274, 5), ACCURACY) == "52.3 ± 0.4"
    assert mean_and_half(Interval(0.01234, 0.01214, 0.01254, 5), STEP) == "12.3 ± 0.2"


def test_one_seed_has_no_half_and_no_seed_no_number() -> None:
    assert mean_and_half(Interval(0.5, math.nan, math.nan, 1), ACCURACY) == "50.0"
    assert mean_and_half(Interval(math.nan, math.nan, math.nan, 0), ACCURACY) == NOTHING
    assert signed_range(Interval(0.01, math.nan, math.nan, 1), ACCURACY) == "+1.0"


def test_differences_have_signs_and_ratios_do_not() -> None:
    assert signed_range(Interval(0.012, -0.003, 0.027, 5), ACCURACY) == "+1.2 (−0.3 to +2.7)"
    assert signed_range(Interval(-0.0002, -0.01, 0.009, 5), ACCURACY) == "0.0 (−1.0 to +0.9)"
    assert ratio_range(Interval(1.214, 1.18, 1.25, 5)) == "1.21 (1.18 to 1.25)"


@pytest.mark.parametrize(
    ("seconds", "text"), [(1234.5, "1,234"), (123.4, "123"), (1.234, "1.23"), (0.01234, "0.0123"), (0.0, "0")]
)
def test_times_have_three_significant_digits(seconds: float, text: str) -> None:
    assert number(seconds, scale_of("train_seconds")) == text


@pytest.mark.parametrize(("p", "said"), [(0.0625, "0.062"), (0.0009, "< 0.001"), (1.0, "1.000"), (math.nan, NOTHING)])
def test_a_p_has_three_decimals_and_is_never_nought(p: float, said: str) -> None:
    assert p_text(p) == said
    assert p_equals(p) == (f"p {said}" if said.startswith("<") else f"p = {said}")


@given(st.floats(-1e4, 1e4), st.sampled_from(["last_validation_accuracy", "train_loss", "step_seconds"]))
def test_a_sign_is_a_true_minus_or_a_plus_and_nought_has_none(value: float, metric: str) -> None:
    said, scale = signed(value, scale_of(metric)), scale_of(metric)
    assert said.lstrip("+−") == number(abs(value), scale)
    assert said[0] == ("+" if value > 0 else "−") or not any(digit in said for digit in "123456789")
    assert "-" not in said + number(value, scale) + as_printed(value, scale)


def test_published_numbers_keep_the_digits_of_their_source() -> None:
    assert as_printed(0.7623, ACCURACY) == "76.23"
    assert as_printed(0.5866, scale_of("train_loss")) == "0.5866"


@pytest.mark.parametrize("metric", sorted({*RUN_METRICS, *EPOCH_METRICS}))
def test_every_metric_has_a_label_a_unit_and_numbers(metric: str) -> None:
    assert label_of(metric) in with_unit(label_of(metric), metric)
    assert number(0.5, scale_of(metric)) != NOTHING
    assert number(math.nan, scale_of(metric)) == NOTHING


def test_enumerations_and_sentences() -> None:
    assert [enumeration(list(text)) for text in ("a", "ab", "abc")] == ["a", "a and b", "a, b and c"]
    assert sentence("BN is fast") == "BN is fast"
    assert sentence("bn is fast") == "Bn is fast"


def test_arms_are_told_apart_where_results_are_mixed() -> None:
    assert arm_label("bn", {}) == "bn"
    assert arm_label("bn", {"data_fingerprint": "sha256:0a1b2c3d4e"}) == "bn [data 0a1b2c]"
    assert arm_label("bn", {"data_fingerprint": "", "precision": "tf32"}) == "bn [tf32]"


@given(st.lists(st.lists(st.text(max_size=12), min_size=2, max_size=2), min_size=1, max_size=4))
def test_no_cell_breaks_a_markdown_table(rows: list[list[str]]) -> None:
    lines = TextTable(("a", "b"), tuple(map(tuple, rows))).markdown().split("\n")
    assert len(lines) == len(rows) + 2
    assert all(line.replace("\\\\", "").replace("\\|", "").count("|") == 3 for line in lines)


def test_text_is_only_text() -> None:
    assert escaped("<b>*x*</b>\n[a](b)") == r"\<b\>\*x\*\</b\> \[a\](b)"
    assert TextTable(("a",), ()).markdown() == ""


def test_the_data_line_says_what_was_read() -> None:
    """Of records from before sizes were written down, what they hold."""
    old = DataRecord(
        fingerprint="sha256:00",
        provenance="own data: a.npz",
        train_images=1_400,
        validation_images=101,
        validation_source="test",
    )
    new = old.model_copy(update={"classes": 7, "image_shape": (12, 14, 3), "remarks": ("it is odd", "very")})
    counts = "1,400 training and 101 validation images"
    assert data_line(old) == f"own data: a.npz; {counts}; validation on test data; fingerprint sha256:00"
    assert data_line(new) == (
        f"own data: a.npz; it is odd; very; {counts} of 12 × 14 × 3, 7 classes; "
        "validation on test data; fingerprint sha256:00"
    )


_NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)


@given(_NUMBERS, _NUMBERS)
def test_values_of_an_axis_that_differ_are_written_differently(one: float, other: float) -> None:
    assert (value_label(one) == value_label(other)) == (one == other)
    assert float(value_label(one)) == float(one)


@pytest.mark.parametrize(
    ("value", "label"),
    [(1e-4, "1e-4"), (0.01, "0.01"), (0.01000001, "0.01000001"), (1.5e-7, "1.5e-7"), (10.0, "10"), (128, "128")],
)
def test_a_value_of_an_axis_is_as_short_as_it_can_be_read(value: float, label: str) -> None:
    assert value_label(value) == label


@pytest.mark.parametrize(
    ("text", "said"),
    [("a net", "A net"), ("bn is", "Bn is"), ("m/(m−1) is", "m/(m−1) is"), ("σ² is", "σ² is"), ("", ""), ("x", "X")],
)
def test_a_sentence_begins_with_a_capital_letter_or_with_its_symbol(text: str, said: str) -> None:
    assert sentence(text) == said
