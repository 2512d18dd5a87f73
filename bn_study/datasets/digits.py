"""Handwritten digits, 8 x 8: embedded, so that everything can be tried without a download.

Source: E. Alpaydin and C. Kaynak, 'Optical Recognition of Handwritten Digits', UCI Machine Learning
Repository, 1998, https://doi.org/10.24432/C50P49, CC BY 4.0; its test part, 1797 images, as in
scikit-learn's `load_digits`. The counts 0..16 became bytes 0..255, so that scaling to [0, 1] means
the same as for photographs. `digits.npz` was made with scikit-learn 1.9.1 and numpy 2.4.6 by

    bunch = sklearn.datasets.load_digits()
    images = np.rint(bunch.images * 255 / 16).astype(np.uint8)[..., np.newaxis]
    labels = bunch.target.astype(np.int32)
    whole = assemble("digits", (images, labels), (images[:0], labels[:0]), class_names.DIGITS, "")
    part = split(whole, train_images=None, validation=360 / 1797, seed=0)
    np.savez_compressed("digits.npz", x_train=part.train_images, y_train=part.train_labels.astype(np.uint8),
                        x_test=part.validation_images, y_test=part.validation_labels.astype(np.uint8))

The official train part is not in it, and both parts hold digits of the same 13 writers: good for trying
things, not for a statement about unseen hands.
"""

from __future__ import annotations

from bn_study.datasets import class_names
from bn_study.datasets.dataset import Dataset, assemble
from bn_study.datasets.embedded import embedded

_PROVENANCE = (
    "embedded copy of scikit-learn's load_digits (UCI Optical Recognition of Handwritten Digits), "
    "values scaled to 0..255, this package's own split"
)


def load_digits() -> Dataset:
    """1437 train and 360 test images of 8 x 8 x 1, classes in equal shares."""
    return assemble("digits", *embedded("digits.npz"), class_names.DIGITS, _PROVENANCE)
