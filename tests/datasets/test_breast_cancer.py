"""A table among images: what is said of it holds, and it is scaled column by column."""

from __future__ import annotations

import numpy as np
import pytest

from bn_study.datasets import DatasetError, describe, fit_scaling, load, split
from bn_study.datasets.class_names import BREAST_CANCER

TABLE = load("breast_cancer")
ROWS = np.concatenate([TABLE.train_images, TABLE.test_images])[:, 0, 0, :].astype(np.float64)


def test_the_rows_are_as_described() -> None:
    facts = describe("breast_cancer")
    assert TABLE.image_shape == facts.image_shape
    assert (len(TABLE.train_images), len(TABLE.test_images)) == (facts.train_images, facts.test_images)
    assert (TABLE.classes, TABLE.train_images.dtype) == (facts.classes, np.float32)
    assert TABLE.fingerprint == "sha256:5a0273908bcc5cf5"


def test_they_are_all_rows_of_the_source_in_equal_shares() -> None:
    """212 malignant and 357 benign (UCI's wdbc.names), none twice."""
    train, test = np.bincount(TABLE.train_labels), np.bincount(TABLE.test_labels)
    assert dict(zip(BREAST_CANCER, (train + test).tolist(), strict=True)) == {"malignant": 212, "benign": 357}
    assert np.all(np.abs(test - (train + test) * 114 / 569) < 1)
    assert len(np.unique(ROWS, axis=0)) == 569


def test_columns_differ_in_scale_by_five_decades() -> None:
    deviations = ROWS.std(axis=0)
    assert (deviations.min(), deviations.max()) == pytest.approx((0.002644, 568.9), rel=1e-3)


@pytest.mark.parametrize("per", ["channel", "feature"])
def test_standardizing_gives_each_column_of_the_training_rows_mean_0_and_deviation_1(per: str) -> None:
    part = split(TABLE, train_images=None, validation=0.2, seed=0)
    assert part.train_images.dtype == part.validation_images.dtype == np.float32
    by = fit_scaling("standardize", per, part.train_images)  # type: ignore[arg-type]
    scaled = ((part.train_images - by.mean) * by.scale).astype(np.float64)
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(scaled.std(axis=0), 1, atol=1e-5)


def test_sums_of_floats_do_not_depend_on_the_order_of_rows() -> None:
    one, other = (
        fit_scaling("standardize", "channel", rows) for rows in (TABLE.train_images, TABLE.train_images[::-1])
    )
    np.testing.assert_array_equal(one.mean, other.mean)
    np.testing.assert_array_equal(one.scale, other.scale)


def test_a_constant_column_is_0() -> None:
    rows = np.ones((5, 1, 1, 2), np.float32) * np.array([7.5, 0.0], np.float32)
    by = fit_scaling("standardize", "channel", rows)
    np.testing.assert_array_equal((rows - by.mean) * by.scale, 0)


def test_columns_have_no_255() -> None:
    with pytest.raises(DatasetError, match="use `standardize`"):
        fit_scaling("unit", "channel", TABLE.train_images)
