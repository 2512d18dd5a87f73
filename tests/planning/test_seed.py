"""Named streams: what a stream draws depends on its root, its name and its counter alone."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bn_study.planning.seed import stream_seed

NAMES = st.lists(st.integers(0, 1000) | st.text("abcdef_", min_size=1), max_size=3).map(tuple)


@pytest.mark.parametrize(
    ("stream", "seed"),
    [
        ((0, "init"), 3330654677893223573),
        ((0, "init", "dense_1/kernel"), 7363893621752348239),
        ((0, "shuffle", 1), 6589058160304026109),
        ((0, "shuffle", 2), 8016062648709255616),
        ((1, "shuffle", 1), 5164363602887151367),
        ((0, "dropout", 1), 2181139124358017667),
        ((2**31 - 1, "split"), 8321327921039427636),
    ],
)
def test_seeds_are_pinned(stream: tuple[int, *tuple[str | int, ...]], seed: int) -> None:
    """Another value would change the numbers of every run under its old id."""
    assert stream_seed(*stream) == seed


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.integers(0, 2**31 - 1), NAMES)
def test_a_seed_is_the_hash_of_its_own_name(root: int, names: tuple[str | int, ...]) -> None:
    """So no stream that is added or drawn from before can move another; and it fits 63 bits."""
    digest = hashlib.sha256("/".join(map(str, (root, *names))).encode()).digest()
    assert stream_seed(root, *names) == int.from_bytes(digest[:8], "little") // 2 < 2**63


def test_the_streams_of_many_runs_are_all_different() -> None:
    """100 roots, each with weights of ten layers and 50 epochs of order and of dropout."""
    layers = [("init", f"dense_{layer}", part) for layer in range(10) for part in ("kernel", "bias")]
    epochs = [(name, epoch) for name in ("shuffle", "dropout") for epoch in range(50)]
    seeds = [stream_seed(root, *names) for root in range(100) for names in (*layers, *epochs, ("split",))]
    assert len(set(seeds)) == len(seeds)
