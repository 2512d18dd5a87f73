"""Arrays from real sources: public data sets, and the user's own. numpy only; no backend is imported."""

from bn_study.datasets.dataset import Dataset, Images
from bn_study.datasets.error import DatasetError
from bn_study.datasets.facts import NAMES, DatasetFacts, describe
from bn_study.datasets.loader import found, load
from bn_study.datasets.resizing import area_averages, resized
from bn_study.datasets.scaling import Scaling, fit_scaling
from bn_study.datasets.split import Split, split
from bn_study.datasets.stratum import stratum

__all__ = [
    "NAMES",
    "Dataset",
    "DatasetError",
    "DatasetFacts",
    "Images",
    "Scaling",
    "Split",
    "area_averages",
    "describe",
    "fit_scaling",
    "found",
    "load",
    "resized",
    "split",
    "stratum",
]
