"""Times: seconds that passed, and the CPU seconds that this process took of them."""

from __future__ import annotations

import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Times:
    """`cpu` is that of all threads: what runs beside a worker lengthens `wall`, and hardly moves it."""

    wall: float
    cpu: float

    @classmethod
    def now(cls) -> Times:
        """Counted from anywhere: only differences mean something."""
        return cls(time.perf_counter(), time.process_time())

    def __add__(self, other: Times) -> Times:
        return Times(self.wall + other.wall, self.cpu + other.cpu)

    def __sub__(self, other: Times) -> Times:
        return Times(self.wall - other.wall, self.cpu - other.cpu)

    def __truediv__(self, count: int) -> Times:
        return Times(self.wall / count, self.cpu / count)
