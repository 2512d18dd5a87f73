"""Breast cancer, a table of 30 columns: embedded, for inputs that differ in scale.

Source: W. Wolberg, O. Mangasarian, N. Street and W. Street, 'Breast Cancer Wisconsin (Diagnostic)', UCI Machine
Learning Repository, 1993, https://doi.org/10.24432/C5DW2B, CC BY 4.0; all 569 rows, as in scikit-learn's
`load_breast_cancer`.
A row is ten measures of the cell nuclei in one image (mean, standard error and worst of each); their standard
deviations lie between 0.0026 (error of the fractal dimension) and 569 (worst area). `breast_cancer.npz` was made with
scikit-learn 1.9.1 and numpy 2.4.6 by

    bunch = sklearn.datasets.load_breast_cancer()
    rows = bunch.data.astype(np.float32)[:, np.newaxis, np.newaxis, :]
    labels = bunch.target.astype(np.int32)
    whole = assemble("breast_cancer", (rows, labels), (rows[:0], labels[:0]), class_names.BREAST_CANCER, "")
    part = split(whole, train_images=None, validation=114 / 569, seed=0)
    np.savez_compressed("breast_cancer.npz", x_train=part.train_images, y_train=part.train_labels.astype(np.uint8),
                        x_test=part.validation_images, y_test=part.validation_labels.astype(np.uint8))
"""

from __future__ import annotations

from bn_study.datasets import class_names
from bn_study.datasets.dataset import Dataset, assemble
from bn_study.datasets.embedded import embedded

_PROVENANCE = "embedded copy of scikit-learn's load_breast_cancer (UCI), this package's own split"


def load_breast_cancer() -> Dataset:
    """455 train and 114 test rows as float32 images of 1 x 1 x 30, both classes in the shares of the whole."""
    return assemble("breast_cancer", *embedded("breast_cancer.npz"), class_names.BREAST_CANCER, _PROVENANCE)
