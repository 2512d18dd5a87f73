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


class Notice(_Message):
    """Something that people should know; it changes nothing."""

    kind: Literal["notice"] = "notice"
    message: str


class NoPlace(_Message):
    """No machine can take a worker, and none will: the sweep stops."""

    kind: Literal["no place"] = "no place"
    message: str


class RunEnded(_Message):
    """How an attempt at a run ended.

    `interrupted`: stopped at an epoch's end, checkpoint written; `again`: will be tried once more, alone;
    `lost`: its machine is out of reach, so it waits again; `busy`: another sweep is at it; `shared`: another sweep
    has finished it; `unwritable`: there is no place for the result, nor for any other.
    """

    kind: Literal["end"] = "end"
    run_id: str
    status: Literal["finished", "diverged", "failed", "interrupted", "again", "lost", "busy", "shared", "unwritable"]
    message: str = ""
    may_go_better: bool = False  # killed, or out of memory
    log: str = ""
    seconds: float = 0.0
    validation_accuracy: float | None = None


class Ending(_Message):
    """How a worker ended. What it printed during a run is in the run's log; `output` is what it printed before."""

    kind: Literal["gone"] = "gone"
    code: int | None  # as of a process; None: not known, for its machine is out of reach
    output: str = ""
    lost: str = ""  # why it is out of reach


Event = Ready | Progressed | Notice | NoPlace | RunEnded
Command = Job | Stop

EVENT: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="kind")])
COMMAND: TypeAdapter[Command] = TypeAdapter(Annotated[Command, Field(discriminator="kind")])
