"""Clock: which time a claim on times is about, and whether others on the machine disturbed it."""

from __future__ import annotations

from collections.abc import Iterable

from bn_study.analysis.frame import columns_of, texts
from bn_study.analysis.group import Group
from bn_study.analysis.results import Results
from bn_study.config.claim import Claim
from bn_study.config.metric import CLAIM_METRICS

#: A run that got less of its time from the CPU waited for others; alone it gets 0.97 to 1.
LEAST_CPU_SHARE = 0.9


def on_its_clock(results: Results, claim: Claim) -> Claim:
    """The claim about CPU time, if it asks for that, or leaves it open and one thread computed in every run."""
    cpu = CLAIM_METRICS[claim.metric].cpu
    groups = [group for group in results.groups if not claim.arms or group.arm in claim.arms]
    asked = claim.clock == "cpu" or (claim.clock is None and bool(groups) and all(map(_has_cpu_times, groups)))
    return claim.model_copy(update={"metric": cpu}) if cpu and asked else claim


def _has_cpu_times(group: Group) -> bool:
    ended = group.runs[group.runs["status"].isin(["finished", "diverged"])]
    times = columns_of(ended, ("threads", "train_cpu_seconds"))
    one_thread = all(device.upper() == "CPU" for device in texts(ended, "device")) and set(times["threads"]) <= {1.0}
    return one_thread and all(seconds == seconds for seconds in times["train_cpu_seconds"])


def disturbed(groups: Iterable[Group]) -> tuple[int, int]:
    """Of finished runs of one thread whose CPU time is known: how many waited for others, and how many there are."""
    shares = []
    for group in groups:
        if _has_cpu_times(group):
            times = columns_of(group.finished, ("train_cpu_seconds", "train_seconds"))
            shares += [cpu / wall for cpu, wall in zip(*times.values(), strict=True)]
    return sum(share < LEAST_CPU_SHARE for share in shares), len(shares)
