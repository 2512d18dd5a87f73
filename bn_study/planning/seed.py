"""One root seed, named streams. A stream's seed depends on its name and counter alone."""

from __future__ import annotations

import hashlib


def stream_seed(root: int, *names: str | int) -> int:
    """A seed in [0, 2**63) for the stream `names` of the run seed `root`.

    Examples: `stream_seed(0, "shuffle", epoch)`, `stream_seed(0, "init", "dense_1/kernel")`. Derived by
    hash, so that a new stream moves no other, and counted by epoch, so that resuming needs no
    generator state.
    """
    text = "/".join(map(str, (root, *names)))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little") >> 1
