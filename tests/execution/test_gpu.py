"""Which GPU a worker sees: that of its slot, and none without GPUs."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
import typer

from bn_study.cli.machine import Executor, Where, this_machine
from bn_study.execution.gpu import jobs_a_gpu, visible_gpus
from bn_study.execution.local import Machine
from bn_study.execution.worker_environment import worker_environment


def machine(gpus: str, share: float | None = None, jobs: int | None = None) -> Machine:
    os.environ["CUDA_VISIBLE_DEVICES"] = gpus
    return this_machine(Where(Executor.local, None, jobs, 1, share), "jax", None)


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")


@pytest.mark.parametrize(
    ("gpus", "share", "seen"),
    [
        ("0,1", None, ["0", "1"]),
        ("2,5", 0.5, ["2", "2", "5", "5"]),
        ("GPU-a, GPU-b", 1.0, ["GPU-a", "GPU-b"]),
        ("3", 1 / 3, ["3", "3", "3"]),
        ("0,1", 0.6, ["0", "1"]),
        ("0,-1,1", None, ["0"]),
    ],
)
def test_a_slot_has_its_gpu_and_there_are_as_many_jobs_as_fit(gpus: str, share: float | None, seen: list[str]) -> None:
    found = machine(gpus, share)
    assert [found.gpu_of(slot) for slot in range(found.jobs)] == seen
    assert machine(gpus, share, jobs=1).jobs == 1


def test_without_gpus_or_with_none_a_job_a_worker_sees_none() -> None:
    for found in (machine(""), machine("0,1", 0.0)):
        assert found.gpu_of(0) == ""
        assert found.jobs >= 1


@pytest.mark.parametrize(("gpus", "share", "jobs"), [("", 0.5, None), ("0", 0.5, 3), ("0,1", None, 3)])
def test_more_than_there_is_is_refused(
    gpus: str, share: float | None, jobs: int | None, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as end:
        machine(gpus, share, jobs)
    assert end.value.exit_code == 2
    assert "GPU" in capsys.readouterr().err


def test_every_worker_is_told_and_jax_computes_the_same_bits_again() -> None:
    for backend in ("tensorflow", "jax"):
        assert worker_environment(backend, 1)["CUDA_VISIBLE_DEVICES"] == ""
        environment = worker_environment(backend, 1, "3")
        assert environment["CUDA_VISIBLE_DEVICES"] == "3"
        assert environment["TF_FORCE_GPU_ALLOW_GROWTH"] == "true"
        assert environment["XLA_PYTHON_CLIENT_PREALLOCATE"] == "false"
    assert environment["XLA_FLAGS"] == "--xla_gpu_deterministic_ops=true"


@pytest.mark.parametrize(("script", "seen"), [("echo 0; echo 1", ("0", "1")), ("echo broken; exit 9", ())])
def test_the_driver_is_asked_where_nothing_is_set(
    script: str, seen: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = tmp_path / "nvidia-smi"
    command.write_text(f"#!/bin/sh\n{script}\n")
    command.chmod(command.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert visible_gpus({}) == seen
    assert visible_gpus({"CUDA_VISIBLE_DEVICES": "7"}) == ("7",)


def test_shares_that_are_rounded_fit_as_often_as_meant() -> None:
    assert [jobs_a_gpu(share) for share in (1.0, 0.5, 0.33, 1 / 3, 0.1, 0.7)] == [1, 2, 3, 3, 10, 1]
