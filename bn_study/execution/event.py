"""What a worker tells the parent, one JSON line each; and what the parent sends."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from bn_study.config.run import RunSpec
from bn_study.store.record import EpochRecord, Progress


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Job(_Message):
    """Parent → worker: train this."""

    kind: Literal["job"] = "job"
    run_id: str
    spec: RunSpec
    folder: str
    data_dir: str | None
    threads: int


class Stop(_Message):
    """Parent → worker: finish the epoch, checkpoint, stop."""

    kind: Literal["stop"] = "stop"


class Ready(_Message):
    """The backend is imported; send a job."""

    kind: Literal["ready"] = "ready"


class Progressed(_Message):
    """Somewhere in an epoch of a run, or at its end."""

    kind: Literal["progress"] = "progress"
    run_id: str
    news: Progress | EpochRecord


class StartedOver(_Message):
    """A run's checkpoint is of another kind of machine; `message`: in what they differ."""

    kind: Literal["over"] = "over"
    run_id: str
    message: str


class RunEnded(_Message):
    """How an attempt at a run ended.

    `interrupted`: stopped at an epoch's end, checkpoint written; `again`: will be tried once more, alone;
    `busy`: another sweep is at it; `shared`: another sweep has finished it; `unwritable`: there is no place
    for the result, nor for any other.
    """

    kind: Literal["end"] = "end"
    run_id: str
    status: Literal["finished", "diverged", "failed", "interrupted", "again", "busy", "shared", "unwritable"]
    message: str = ""
    may_go_better: bool = False  # killed, or out of memory
    log: str = ""
    seconds: float = 0.0
    validation_accuracy: float | None = None


Event = Ready | Progressed | StartedOver | RunEnded
Command = Job | Stop

EVENT: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="kind")])
COMMAND: TypeAdapter[Command] = TypeAdapter(Annotated[Command, Field(discriminator="kind")])
