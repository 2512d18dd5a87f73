"""The one error of this package that people read."""

from __future__ import annotations


class DatasetError(Exception):
    """Data that cannot be had, or that is not what it says it is.

    The message is for people: it names what was tried or read, what is wrong with it, and the ways out.
    """
