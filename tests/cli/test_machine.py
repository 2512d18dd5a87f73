"""Which cluster a command joins: the one that is named, or none."""

from __future__ import annotations

import importlib.util
import socket
import time
from collections.abc import Iterator

import pytest
import typer

from bn_study.cli.machine import Executor, Where, machine_of
from bn_study.cli.terminal import Terminal


@pytest.fixture(autouse=True)
def ray_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: True if name == "ray" else found(name))
    monkeypatch.delenv("RAY_ADDRESS", raising=False)


@pytest.fixture
def free_port() -> Iterator[int]:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        yield sock.getsockname()[1]  # taken, and nobody listens


def end_of(address: str | None, executor: Executor = Executor.ray) -> int:
    where = Where(executor, address, jobs=None, threads=1, gpus_per_job=None)
    with pytest.raises(typer.Exit) as end, machine_of(Terminal(), where, "tensorflow", None, ()):
        pytest.fail("joined something")
    return end.value.exit_code


@pytest.mark.parametrize("address", [None, "auto", "ray://head:10001", "head"])
def test_a_cluster_must_be_named(address: str | None, capsys: pytest.CaptureFixture[str]) -> None:
    """Ray alone would join whatever runs on this machine."""
    assert end_of(address) == 2
    assert "needs the HOST:PORT of a cluster's head, by --address or $RAY_ADDRESS" in capsys.readouterr().err


def test_where_nobody_answers_it_is_said_at_once(free_port: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Ray alone would try for two minutes."""
    began = time.monotonic()
    assert end_of(f"127.0.0.1:{free_port}") == 1
    assert f"127.0.0.1:{free_port}: no Ray cluster answers there" in capsys.readouterr().err
    assert time.monotonic() - began < 5


def test_an_address_without_its_executor_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert end_of("head:6379", Executor.local) == 2
    assert "--executor ray" in capsys.readouterr().err
