"""Caption: what a figure rests on. How many seeds, which data, and which runs are not in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from bn_study.analysis.frame import Table, numbers, texts
from bn_study.analysis.results import Results
from bn_study.config.metric import ALL_METRICS

OPTIMISTIC = "Best epochs were chosen on test data: optimistic."


def caption(results: Results, remarks: Iterable[str] = (), intervals: bool = True) -> tuple[str, ...]:
    """Sentences: seeds and interval (if `intervals` are drawn), data, runs that are not in it, mixture, `remarks`."""
    mixed = [one.message for one in results.mixed]
    absent, data, processors = absences(results), data_sentence(results.runs), processors_sentence(results.runs)
    return tuple(filter(None, [seeds_sentence(results, intervals), data, processors, *absent, *mixed, *remarks]))


def seeds_sentence(results: Results, intervals: bool = True) -> str:
    """'Mean and 95 % t-interval over 5 seeds.', with a range where points have different numbers."""
    n = [seeds for seeds in (len(group.finished) for group in results.groups) if seeds]
    if not n:
        said = why_absent(one.counts for one in results.summaries)
        return f"{said[0].upper()}{said[1:]}."
    if max(n) == 1:
        return "One seed: no interval." if intervals else "One seed."
    seeds = f"{max(n)}" if min(n) == max(n) else f"{min(n)} to {max(n)}"
    return f"{'Mean and 95 % t-interval' if intervals else 'Means'} over {seeds} seeds."


def why_absent(counts: Iterable[Mapping[str, int]]) -> str:
    """Why there is no number, from how many runs were planned, finished, diverged, failed and are missing."""
    runs = Counter[str]()
    for one in counts:
        runs.update(one)
    if runs["finished"]:
        return "not measured"
    for status in ("diverged", "failed"):
        if 0 < runs["planned"] == runs[status]:
            return f"all runs {status}" if runs[status] > 1 else status
    return "no finished run yet" if runs["missing"] or not runs["planned"] else "no run finished"


def data_sentence(runs: Table) -> str:
    """'Data: not the official CIFAR-10 bytes.': the provenance up to its first explanation."""
    known = dict.fromkeys(filter(None, texts(runs, "data_provenance")))
    short = dict.fromkeys(re.split(r"[:(,;]", provenance)[0].strip() for provenance in known)
    return f"Data: {'; '.join(short)}." if short else ""


def processors_sentence(runs: Table) -> str:
    """'Means are over processors: A (3 runs); B (1 run).'; empty where one model computed all that finished."""
    models = Counter(filter(None, texts(runs[runs["status"] == "finished"], "processor")))
    counted = [f"{model} ({count} run{'s' * (count > 1)})" for model, count in sorted(models.items())]
    return f"Means are over processors: {'; '.join(counted)}." if len(counted) > 1 else ""


def absences(results: Results) -> list[str]:
    """One sentence for each way not to finish: '3 of 25 runs diverged (BN: 2 of 5; dropout: seed 4).'"""
    sentences, runs, labels = [], results.runs, results.plan.source.study.labels
    for status, verb in (("diverged", "diverged"), ("failed", "failed"), ("missing", "not done yet")):
        absent = runs[runs["status"] == status]
        if len(absent):
            sentences.append(f"{len(absent)} of {len(runs)} runs {verb} ({'; '.join(_by_arm(absent, runs, labels))}).")
    return sentences


def _by_arm(absent: Table, runs: Table, labels: Mapping[str, str]) -> list[str]:
    planned = Counter(texts(runs, "arm"))
    seeds: dict[str, list[int]] = {}
    for arm, seed in zip(texts(absent, "arm"), numbers(absent, "seed"), strict=True):
        seeds.setdefault(arm, []).append(int(seed))
    return [_count(labels[arm], own, planned[arm]) for arm, own in seeds.items()]


def _count(arm: str, seeds: list[int], planned: int) -> str:
    if len(seeds) == planned:
        return f"{arm}: all {planned}" if planned > 1 else arm
    return f"{arm}: seed {seeds[0]}" if len(seeds) == 1 else f"{arm}: {len(seeds)} of {planned}"


def optimism(results: Results, metrics: Iterable[str]) -> list[str]:
    """A sentence where one of these metrics was chosen by looking at test data: then it flatters."""
    chosen = any(ALL_METRICS[metric].is_optimistic for metric in metrics)
    return [OPTIMISTIC] if chosen and results.best_is_optimistic else []
