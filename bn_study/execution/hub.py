"""The only door of Ray on the sweep's machine. A process of its own: what Ray prints or aborts is not the sweep's.

`python -m bn_study.execution.hub FD ADDRESS TERMS`, started by `cluster`. Over the control socket come sockets, one a
slot; over each of these go the lines that go through the pipes of a worker here. When the sweep dies, the control
socket closes and the hub ends; Ray then ends the porters, and these their workers.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import threading
from contextlib import suppress
from typing import Any

import ray
from ray.exceptions import ActorDiedError, GetTimeoutError, RayError
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from bn_study.execution.cluster import ALONE, KILL, Capacity
from bn_study.execution.event import COMMAND, EVENT, Ending, Event, Job, NoPlace, Notice, RunEnded
from bn_study.execution.keeper import Keeper
from bn_study.execution.parcel import ForeignParcel
from bn_study.execution.porter import Introduction, Porter, Terms
from bn_study.execution.worker import wake_at_parents_death
from bn_study.store.environment import versions

_SECONDS_TO_TIDY = 3.0


class Hub:
    """What is known of the cluster: its machines, and which of them get no more workers."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.versions = versions(terms.backend)
        self.retired: dict[str, str] = {}  # node → why
        self.alone: set[str] = set()  # nodes that a run is alone on
        self._lock = threading.Lock()
        self._porter = ray.remote(concurrency_groups={"news": 1})(Porter)

    def nodes(self) -> dict[str, float]:
        """Node → how many workers it has room for when nobody else is there."""
        wanted = {"CPU": self.terms.threads, "GPU": self.terms.gpus, "memory": self.terms.memory_bytes}
        found = {}
        for node in ray.nodes():
            has = node["Resources"]
            room = min(has.get(name, 0.0) // amount for name, amount in wanted.items() if amount)
            if node["Alive"] and room >= 1 and node["NodeID"] not in self.retired:
                found[node["NodeID"]] = room
        return found

    @property
    def capacity(self) -> Capacity:
        rooms = self.nodes().values()
        return Capacity(hosts=len(rooms), places=int(sum(rooms)))

    def new_porter(self, alone: bool) -> tuple[Any, str]:
        """A porter that waits for its place, and the node that it has for itself, if it has. Raises LookupError."""
        with self._lock:
            nodes = self.nodes()
            if not nodes:
                raise LookupError(self._why_none())
            options: dict[str, Any] = {"scheduling_strategy": "SPREAD"}
            own = ""
            if self.retired:
                options["label_selector"] = {"ray.io/node-id": f"!in({','.join(self.retired)})"}
            if alone:
                own = next((node for node in nodes if node not in self.alone), next(iter(nodes)))
                options = {"scheduling_strategy": NodeAffinitySchedulingStrategy(own, soft=False)}
                self.alone.add(own)
        options |= {"num_cpus": self.terms.threads, "num_gpus": self.terms.gpus, "memory": self.terms.memory_bytes}
        options |= {"max_restarts": 0, "max_task_retries": 0}
        return self._porter.options(**options).remote(self.terms), own

    def _why_none(self) -> str:
        if self.retired:
            return f"no machine of the cluster is left: {'; '.join(self.retired.values())}"
        gpus = f", {self.terms.gpus:g} GPUs" if self.terms.gpus else ""
        memory = f"{self.terms.memory_bytes / 1e6:,.0f} MB"
        return f"no machine of the cluster has {self.terms.threads} CPUs{gpus} and {memory} for a worker"

    def retire(self, node: str, why: str) -> bool:
        """No new worker on this machine; whether that is news."""
        with self._lock:
            return self.retired.setdefault(node, why) is why

    def unlike(self, porter: Introduction) -> str:
        """In what the machine of a porter differs from this one: then it would not understand, or compute otherwise."""
        here, there = self.versions, porter.versions
        names = [name for name in {**here, **there} if here.get(name) != there.get(name)]
        return ", ".join(f"{name} {there.get(name, 'none')}, here {here.get(name, 'none')}" for name in names)


class Exchange:
    """Between the socket of one slot and its porter."""

    def __init__(self, hub: Hub, sock: socket.socket, alone: bool) -> None:
        self.hub, self.sock, self.alone = hub, sock, alone
        self.keeper = Keeper()
        self.who: Introduction | None = None
        self._saying = threading.Lock()

    def run(self) -> None:
        """Until the sweep closes its end."""
        try:
            porter, own = self.hub.new_porter(self.alone)
        except LookupError as error:
            self._say(NoPlace(message=str(error)))
            self._end(Ending(code=None, lost=str(error)))
            return
        relaying = threading.Thread(target=self._relay, args=(porter,), daemon=True)
        relaying.start()
        for line in self.sock.makefile("rb"):
            with suppress(RayError):
                self._pass_on(line, porter)
        with suppress(RayError):
            ray.get(porter.tidy.remote(), timeout=_SECONDS_TO_TIDY if self.who else 0)
        ray.kill(porter)
        self.hub.alone.discard(own)
        relaying.join(_SECONDS_TO_TIDY)

    def _pass_on(self, line: bytes, porter: Any) -> None:
        if line == KILL:
            ray.kill(porter)
            return
        command = COMMAND.validate_json(line)
        if not isinstance(command, Job):
            porter.send.remote(command)
            return
        begun = self.keeper.begin(command)
        if isinstance(begun, RunEnded):
            self._say(begun)
        else:
            porter.take.remote(command, begun)

    def _relay(self, porter: Any) -> None:
        try:
            self._end(self._ending_of(porter))
        except OSError:  # the sweep has closed its end
            self.keeper.release()

    def _ending_of(self, porter: Any) -> Ending:
        """Pass on what the porter tells, up to its worker's end or its own."""
        try:
            who: Introduction = ray.get(porter.introduce.remote())  # it waits for a place as long as that takes
            self.who = who
            if differences := self.hub.unlike(who):
                return self._retire(porter, f"{who.host}: {differences}")
            while True:
                asked = porter.news.options(concurrency_group="news").remote()
                for text, parcel in ray.get(asked, timeout=self.hub.terms.lease_seconds):
                    event = (
                        Ending.model_validate_json(text) if '"kind":"gone"' in text[:20] else EVENT.validate_json(text)
                    )
                    if isinstance(event, Ending):
                        return event
                    if isinstance(event, RunEnded) and event.status == "unwritable":
                        return self._retire(porter, f"{who.host}: {event.message}")
                    self._say(self.keeper.keep(event, parcel))
        except ForeignParcel as error:
            return self._retire(porter, f"{self._host}: {error}")
        except GetTimeoutError:
            ray.kill(porter)
            return Ending(code=None, lost=f"{self._host} has not answered for {self.hub.terms.lease_seconds:g} s")
        except ActorDiedError as error:
            if error.actor_init_failed:
                return Ending(code=1, output=str(error))
            return Ending(code=None, lost=f"{self._host}: {_in_short(error)}")
        except (RayError, ValueError) as error:  # the latter: what came is no event
            ray.kill(porter)
            return Ending(code=None, lost=f"{self._host}: {_in_short(error)}")

    @property
    def _host(self) -> str:
        return self.who.host if self.who else "a machine of the cluster"

    def _retire(self, porter: Any, why: str) -> Ending:
        assert self.who is not None
        if self.hub.retire(self.who.node, why):
            self._say(Notice(message=f"retired {why}; it gets no more runs"))
        ray.kill(porter)
        return Ending(code=None, lost=why)

    def _end(self, ending: Ending) -> None:
        self.keeper.release()  # before the sweep hears of it and gives the run to another slot
        self._say(ending)
        self.sock.shutdown(socket.SHUT_WR)

    def _say(self, event: Event | Ending) -> None:
        with self._saying:
            self.sock.sendall(event.model_dump_json().encode() + b"\n")


def _in_short(error: Exception) -> str:
    """Ray's first sentence: the rest is about its logs."""
    return " ".join(str(error).split()).partition(". ")[0][:300]


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    wake_at_parents_death()
    control, address, terms = socket.socket(fileno=int(sys.argv[1])), sys.argv[2], json.loads(sys.argv[3])
    ray.init(address=address, namespace="bn_study", log_to_driver=False, logging_level="ERROR")
    hub = Hub(Terms(**{**terms, "worker": tuple(terms["worker"])}))
    control.sendall(json.dumps(vars(hub.capacity)).encode() + b"\n")
    exchanges = []
    while True:
        alone, sockets, _, _ = socket.recv_fds(control, 1, 1)
        if not alone:
            break
        exchange = Exchange(hub, socket.socket(fileno=sockets[0]), alone == ALONE)
        exchanges.append(threading.Thread(target=exchange.run, daemon=True))
        exchanges[-1].start()
    for thread in exchanges:
        thread.join(_SECONDS_TO_TIDY)
    os._exit(0)  # an orderly end would wait for Ray's threads


if __name__ == "__main__":
    main()
