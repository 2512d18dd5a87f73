"""Runs on two machines of a Ray cluster (on loopback): whatever dies, the same bits as here."""

from __future__ import annotations

import importlib.util
import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from made_up_sweep import HERE, command_line, finish, marks_in, parts, results, started, write_study

pytestmark = [
    pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="Ray is not installed: bn_study[ray]"),
    pytest.mark.timeout(300),
]
EPOCHS = 8
SLOW = {"seconds": 0.25, "checkpoint_seconds": 0.1}
OnCluster = Callable[..., subprocess.Popen[str]]
MACHINE_LOST = "lost    "


@dataclass
class Nodes:
    """The process of two_nodes.py."""

    process: subprocess.Popen[str]

    def say(self, command: str = "") -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        if command:
            print(command, file=self.process.stdin, flush=True)
        found: dict[str, Any] = json.loads(self.process.stdout.readline())
        return found


def two_nodes() -> Iterator[Nodes]:
    script = [sys.executable, str(HERE / "two_nodes.py"), "1", "1"]
    pipe = subprocess.PIPE
    with subprocess.Popen(script, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True) as process:
        yield Nodes(process)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(timeout=60) == 0


@pytest.fixture(scope="module")
def nodes() -> Iterator[Nodes]:
    yield from two_nodes()


@pytest.fixture(scope="module")
def address(nodes: Nodes) -> str:
    return str(nodes.say()["address"])


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Four runs on this machine."""
    folder = tmp_path_factory.mktemp("here")
    write_study(folder, 4, EPOCHS)
    finish(command_line(folder, {}))
    return results(folder)


@pytest.fixture
def on_cluster(address: str) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Four runs on the cluster; a sweep that its test leaves behind is ended."""
    begun: list[subprocess.Popen[str]] = []

    def go(folder: Path, orders: dict[str, Any], at: str = address, **how: Any) -> subprocess.Popen[str]:
        write_study(folder, 4, EPOCHS)
        begun.append(command_line(folder, orders, "--executor", "ray", "--address", at, **how))
        return begun[-1]

    yield go
    for process in begun:
        process.kill()
        process.communicate()


def hub_of(process: subprocess.Popen[str]) -> psutil.Process:
    (hub,) = (one for one in psutil.Process(process.pid).children() if "bn_study.execution.hub" in one.cmdline())
    return hub


def workers_of(folder: Path) -> list[psutil.Process]:
    """Of a sweep on this folder, wherever they are: their command lines name it."""
    found = []
    for one in psutil.process_iter():
        with suppress(psutil.Error):
            if "fake_worker.py" in "".join(one.cmdline()) and str(marks_in(folder)) in one.cmdline():
                found.append(one)
    return found


def with_porters(workers: list[psutil.Process]) -> list[psutil.Process]:
    porters = [parent for worker in workers if (parent := worker.parent())]
    assert all(porter.name().startswith("ray::Porter") for porter in porters)
    return workers + porters


def gone(processes: list[psutil.Process]) -> bool:
    return not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in processes)


def wait_for(happened: Callable[[], object], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def checkpoints(folder: Path) -> list[Path]:
    return list(folder.rglob("results/**/state.npz"))


def test_a_machine_is_lost_in_the_middle_and_the_runs_end_with_the_same_bits(
    nodes: Nodes, on_cluster: OnCluster, undisturbed: dict[str, Any], tmp_path: Path
) -> None:
    """Its run goes on on the other machine from the checkpoint that was sent; nothing of it is left here."""
    process = on_cluster(tmp_path, SLOW)
    wait_for(lambda: len(checkpoints(tmp_path)) == 2)
    nodes.say("remove")
    out = finish(process)
    nodes.say("add")
    # On loopback the worker may be killed before its porter, which then tells of its death.
    assert len(re.findall(r"^(?:lost|again) .*(?:its machine is out of reach|signal 9)", out, re.MULTILINE)) == 1
    assert results(tmp_path) == undisturbed
    assert not checkpoints(tmp_path)
    assert not parts(tmp_path)
    lines = [len(path.read_text().splitlines()) for path in marks_in(tmp_path).glob("*.trained")]
    assert lines == [1] * 4


def test_the_sweep_is_killed_and_the_same_command_goes_on(
    on_cluster: OnCluster, undisturbed: dict[str, Any], tmp_path: Path
) -> None:
    process = on_cluster(tmp_path, SLOW)
    wait_for(lambda: len(checkpoints(tmp_path)) == 2)
    there = with_porters(workers_of(tmp_path))
    assert len(there) == 4
    process.kill()
    process.communicate()
    began = time.monotonic()
    wait_for(lambda: gone(there), 10)
    print(f"porters and workers gone after {time.monotonic() - began:.1f} s")
    out = finish(on_cluster(tmp_path, {}))
    assert len(started(out)) == 4
    assert results(tmp_path) == undisturbed


@pytest.mark.long
@pytest.mark.parametrize("signals", [1, 2])
def test_interrupted_once_it_ends_the_epoch_and_twice_it_stops_now(
    signals: int, on_cluster: OnCluster, undisturbed: dict[str, Any], tmp_path: Path
) -> None:
    process = on_cluster(tmp_path, {"seconds": 0.25 if signals == 1 else 5.0, "checkpoint_seconds": 60.0})
    wait_for(lambda: len(list(tmp_path.rglob("results/**/epochs.csv"))) == 2)
    there = with_porters(workers_of(tmp_path))
    for _ in range(signals):
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)
    assert "Interrupted. The same command goes on from here." in finish(process, code=130)
    assert len(checkpoints(tmp_path)) == (2 if signals == 1 else 0)
    wait_for(lambda: gone(there), 10)
    finish(on_cluster(tmp_path, {}))
    assert results(tmp_path) == undisturbed


@pytest.mark.long
@pytest.mark.parametrize("victim", ["worker", "porter", "hub"])
def test_whoever_is_killed_costs_a_run_its_last_epochs_alone(
    victim: str, on_cluster: OnCluster, undisturbed: dict[str, Any], tmp_path: Path
) -> None:
    process = on_cluster(tmp_path, SLOW)
    wait_for(lambda: len(checkpoints(tmp_path)) == 2)
    there = with_porters(workers_of(tmp_path))
    {"worker": there[0], "porter": there[-1], "hub": hub_of(process)}[victim].kill()
    out = finish(process)
    assert out.count("again   " if victim == "worker" else MACHINE_LOST) == {"worker": 1, "porter": 1, "hub": 2}[victim]
    assert results(tmp_path) == undisturbed
    wait_for(lambda: gone(there), 10)


@pytest.mark.long
def test_a_hub_that_sleeps_past_the_lease_finds_its_porters_gone(
    on_cluster: OnCluster, undisturbed: dict[str, Any], tmp_path: Path
) -> None:
    """They kill their workers, so that no two train one run."""
    process = on_cluster(tmp_path, {**SLOW, "lease_seconds": 2.0})
    wait_for(lambda: len(checkpoints(tmp_path)) == 2)
    there, hub = with_porters(workers_of(tmp_path)), hub_of(process)
    hub.suspend()
    try:
        wait_for(lambda: gone(there), 15)
    finally:
        hub.resume()
    assert MACHINE_LOST in finish(process)
    assert results(tmp_path) == undisturbed


@pytest.mark.long
def test_two_sweeps_share_the_runs_of_a_folder(
    on_cluster: OnCluster, undisturbed: dict[str, Any], tmp_path: Path
) -> None:
    """One here, one on the cluster."""
    there = on_cluster(tmp_path, {"seconds": 0.1}, jobs=1)
    wait_for(lambda: list(tmp_path.rglob("results/**/epochs.csv")))
    here = command_line(tmp_path, {"seconds": 0.1}, jobs=1)
    codes = [process.wait(timeout=90) for process in (there, here)]
    out = "".join(process.communicate()[0] for process in (there, here))
    assert codes == [0, 0]
    assert len(started(out)) == 4
    assert results(tmp_path) == undisturbed


@pytest.mark.long
def test_a_machine_whose_disk_is_full_gets_no_more_runs(
    on_cluster: OnCluster, undisturbed: dict[str, Any], tmp_path: Path
) -> None:
    """The other one does them all."""
    out = finish(on_cluster(tmp_path, {"do": {"0": "disk once"}}))
    assert len(re.findall(r"^retired .*the disk is full.*; it gets no more runs", out, re.MULTILINE)) == 1
    assert out.count(MACHINE_LOST) == 1
    assert results(tmp_path) == undisturbed


@pytest.mark.long
def test_machines_with_other_versions_are_refused_and_named(on_cluster: OnCluster, tmp_path: Path) -> None:
    out = finish(on_cluster(tmp_path, {"other version": True}), code=1)
    assert re.search(r"stopped: no machine of the cluster is left: \S+: keras \S+, here 0\.1", out)
    assert not started(out)


@pytest.mark.long
def test_more_workers_than_places_wait_and_it_is_said(
    on_cluster: OnCluster, undisturbed: dict[str, Any], tmp_path: Path
) -> None:
    out = finish(on_cluster(tmp_path, {}, jobs=4))
    assert "4 workers wanted, 2 have a place in the cluster now" in out
    assert results(tmp_path) == undisturbed


@pytest.mark.long
def test_two_hundred_tiny_runs_cost_little_more_than_here(address: str, tmp_path: Path) -> None:
    took = {}
    for name, options in (("here", ()), ("there", ("--executor", "ray", "--address", address))):
        write_study(tmp_path / name, 200, 2)
        began = time.monotonic()
        finish(command_line(tmp_path / name, {}, *options))
        took[name] = time.monotonic() - began
    assert results(tmp_path / "here") == results(tmp_path / "there")
    print(json.dumps({**took, "ratio": took["there"] / took["here"]}))


@pytest.mark.long
def test_the_head_dies(on_cluster: OnCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Others train on for as long as Ray waits for a head; then the sweep stops, says so, and keeps what was sent."""
    monkeypatch.setenv("RAY_gcs_rpc_server_reconnect_timeout_s", "4")
    for nodes in two_nodes():
        process = on_cluster(tmp_path, {"seconds": 2.5, "checkpoint_seconds": 0.1}, at=nodes.say()["address"])
        wait_for(lambda: len(checkpoints(tmp_path)) == 2)
        nodes.say("head")
        began = time.monotonic()
        out = finish(process, code=1)
        print(f"said after {time.monotonic() - began:.1f} s")
        assert "stopped: " in out
        assert len(checkpoints(tmp_path)) == 2
