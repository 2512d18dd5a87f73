"""Holds a run of this machine's store while it is trained on another one, and writes down what comes of it."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from pathlib import Path

from filelock import Timeout

from bn_study.execution.event import Event, Job, RunEnded
from bn_study.execution.parcel import CHECKPOINT, Parcel, pack, unpack
from bn_study.store.atomic import obstacle, way_out
from bn_study.store.store import RunFolder

ENDED = ("finished", "diverged", "failed")


class Keeper:
    """Of one run at a time. Only the sweep's machine writes the store, so no folder need be shared."""

    def __init__(self) -> None:
        self._lease = ExitStack()
        self._folder: RunFolder | None = None
        self._run_id = ""

    def begin(self, job: Job) -> Parcel | RunEnded:
        """Take the run's lock; what goes along with the job, or why it is not to be trained."""
        self.release()
        try:
            folder = self._lease.enter_context(RunFolder(Path(job.folder)).held())
            if folder.is_done(folder.fingerprint):  # by another sweep, since ours looked
                return self._refused(RunEnded(run_id=job.run_id, status="shared"))
            folder.prepare(job.spec)
            parcel = pack(folder.path, (CHECKPOINT,))
        except Timeout:
            return self._refused(RunEnded(run_id=job.run_id, status="busy"))
        except OSError as error:
            return self._refused(_unwritable(job.run_id, error))
        self._folder, self._run_id = folder, job.run_id
        return parcel

    def keep(self, event: Event, parcel: Parcel) -> Event:
        """Write what came along with the event; the event as the sweep shall hear it. Raises ForeignParcel.

        A place here that takes no file ends the run as unwritable: its worker is to be stopped.
        """
        folder = self._folder
        if folder is None:
            return event
        try:
            unpack(parcel, folder)
            if isinstance(event, RunEnded) and event.status in ENDED:
                (folder.path / CHECKPOINT).unlink(missing_ok=True)
                with suppress(OSError):  # a part of a write that was cut off lies there: it costs space alone
                    folder.checkpoint.rmdir()
        except OSError as error:
            event = _unwritable(self._run_id, error)
        if isinstance(event, RunEnded):
            self.release()
            return event.model_copy(update={"log": str(folder.log) if event.log else ""})
        return event

    def release(self) -> None:
        """Let go of the run, if one is held."""
        self._folder = None
        self._lease.close()

    def _refused(self, end: RunEnded) -> RunEnded:
        self.release()
        return end


def _unwritable(run_id: str, error: OSError) -> RunEnded:
    return RunEnded(run_id=run_id, status="unwritable", message=way_out(error) or obstacle(error))
