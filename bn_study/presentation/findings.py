"""Findings: everything that is shown of a study, as one object. `findings.json` is its JSON."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from bn_study.analysis.axis import Axes, axis_paths
from bn_study.analysis.comparison import ArmDifference, BatchStatistics, batch_statistics, compare_with_first_arm
from bn_study.analysis.frame import columns_of, numbers, texts
from bn_study.analysis.measured import place_of
from bn_study.analysis.naming import labelled
from bn_study.analysis.observation import metrics_in
from bn_study.analysis.point import STATUSES, PointSummary
from bn_study.analysis.published import (
    BesidePublished,
    PublishedGap,
    PublishedScore,
    beside_published,
    published_gaps,
    published_score,
)
from bn_study.analysis.reaching import MEASURES, Reaching, reaching
from bn_study.analysis.results import Results
from bn_study.analysis.search import Search, searches
from bn_study.analysis.statistics import Number, holm
from bn_study.analysis.verdict import Verdict, judge
from bn_study.planning.expansion import Plan
from bn_study.presentation.figures.arm_style import ArmStyle, arm_styles
from bn_study.presentation.figures.choose import figures_of
from bn_study.presentation.figures.panel import Figure
from bn_study.presentation.figures.quantity import claimed_accuracies
from bn_study.presentation.figures.story import Material, Scene, story
from bn_study.presentation.words.headline import undecided_text
from bn_study.presentation.words.measured import comparison_notes
from bn_study.presentation.words.net import block_of, changes_text, net_of, norm_of
from bn_study.presentation.words.origin import incomplete_text, why
from bn_study.presentation.words.plain import plain
from bn_study.presentation.words.remarks import remarks
from bn_study.presentation.words.setting import setting_text
from bn_study.presentation.words.verdict import effect_text, expectation_text, tally, verdict_sentence, verdict_text
from bn_study.store.record import DataRecord


class Found(BaseModel):
    """Closed and frozen; a number that is not finite is null in JSON. Texts are `plain`."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="null")


class StudyFacts(Found):
    """What was asked, and the command that runs it."""

    name: str
    title: str
    question: str
    source: str
    notes: str
    profile: str
    setting: str = Field("", description="net, data and epochs in a line")
    command: str
    arms: tuple[str, ...]
    labels: Mapping[str, str] = Field(default={}, description="arm → what people read for it")
    about: Mapping[str, str] = Field(default={}, description="arm → what it is, where the study says so")
    axes: tuple[str, ...]
    seeds: tuple[int, ...]


class ArmNet(Found):
    """An arm's net at its first grid point: `block` is a hidden layer with what follows it, `layers` all from image
    to logits; `norm` is empty and `dropout` 0 where it has none."""

    label: str
    about: str
    style: ArmStyle
    block: tuple[str, ...]
    layers: tuple[str, ...]
    norm: str
    dropout: float


class JudgedClaim(Found):
    """A verdict with its words: what was tested, the effect, one sentence."""

    verdict: Verdict
    tested: str
    effect: str
    sentence: str

    @property
    def word(self) -> str:
        """The outcome, as people read it."""
        return verdict_text(self.verdict)


class PointFound(Found):
    """An arm at a grid point, over its seeds; intervals are of the finished runs in `run_ids`."""

    summary: PointSummary
    run_ids: tuple[str, ...]


class PublishedFound(Found):
    """A published number beside ours, and the runs that ours is the mean of."""

    beside: BesidePublished
    run_ids: tuple[str, ...]


class ReachingFound(Found):
    """Where runs reached an accuracy, and the medians over them: null where half of them or more never did."""

    reaching: Reaching
    medians: Mapping[str, float | None]


class RunFound(Found):
    """One point of the plan and what became of it; points of equal specs share a run."""

    run_id: str
    arm: str
    axes: Axes
    seed: int
    status: Literal["finished", "diverged", "failed", "missing"]
    metrics: Mapping[str, Number]
    why: str = Field(description="the error, or the epoch of divergence; empty for a run that finished")


class Findings(Found):
    """Units are those of `config.metric`; figures are in the unit that they show."""

    schema_version: Literal[1] = 1
    study: StudyFacts
    nets: tuple[ArmNet, ...] = Field(default=(), exclude=True, description="of the arms, in their order")
    counts: Mapping[str, int] = Field(description="distinct runs: planned, finished, diverged, failed, missing")
    tally: str
    claims: tuple[JudgedClaim, ...]
    points: tuple[PointFound, ...]
    footnotes: tuple[str, ...] = Field(default=(), description="how to read the points, and what is not in them")
    remarks: tuple[str, ...] = Field(default=(), description="what the runs do not allow to say, in plain words")
    differences: tuple[ArmDifference, ...]
    differences_p_holm: tuple[Number, ...] = Field(
        default=(), description="p of each difference in last accuracy, adjusted over them by Holm"
    )
    batch_statistics: tuple[BatchStatistics, ...] = ()
    searches: tuple[Search, ...] = Field(default=(), description="of claims that compare each arm at its best")
    reachings: tuple[ReachingFound, ...] = Field(default=(), description="for each accuracy that a claim names")
    published: tuple[PublishedFound, ...]
    gaps: tuple[PublishedGap, ...]
    score: PublishedScore
    figures: tuple[Figure, ...]
    story: tuple[Scene, ...] = Field(default=(), exclude=True, description="what slides tell of all this, in order")
    runs: tuple[RunFound, ...]
    data: tuple[DataRecord, ...]
    environment: Mapping[str, tuple[str, ...]] = Field(description="each circumstance with all that occurred")
    started: str = Field(description="of the first run, UTC; empty without runs")
    ended: str
    warning: str = Field(description="where times do not compare; else empty")

    @property
    def in_words(self) -> Findings:
        """The same with every arm by its label, for people; figures are so already."""
        drawn = {"figures": self.figures, "story": self.story}
        words = labelled(self.model_copy(update=dict.fromkeys(drawn, ())), self.study.labels)
        return words.model_copy(update=drawn)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What has to be said before anything else."""
        return tuple(filter(None, (incomplete_text(self.counts), *self.remarks)))

    @property
    def limits(self) -> tuple[str, ...]:
        """What the study cannot say, the gravest first."""
        undecided = undecided_text([one.verdict for one in self.claims])
        return tuple(filter(None, (*self.warnings, undecided, self.study.notes, self.warning, *self.footnotes[1:])))

    def json_text(self) -> str:
        """`findings.json`, ending in a line feed; the same records give the same text."""
        return self.model_dump_json(indent=1, by_alias=True) + "\n"


def find(results: Results) -> Findings:
    """All findings of a plan, finished or not."""
    verdicts, points, counts = judge(results), _points(results), _counts(results)
    beside, gaps = beside_published(results), published_gaps(results)
    score = published_score(beside, gaps)
    differences, seeds = compare_with_first_arm(results), len(results.plan.seeds)
    labels = results.plan.source.study.labels
    found = Findings(
        study=_study(results.plan),
        nets=tuple(_nets(results.plan)),
        counts=counts,
        tally=tally(verdicts),
        claims=tuple(_judged(verdict, labels) for verdict in verdicts),
        points=points,
        footnotes=comparison_notes(results),
        remarks=remarks(counts, [labelled(point.summary, labels) for point in points], seeds),
        differences=differences,
        differences_p_holm=holm([one.differences["last_validation_accuracy"].p_value for one in differences]),
        batch_statistics=batch_statistics(results),
        searches=searches(results),
        reachings=tuple(
            ReachingFound(reaching=one, medians={measure: one.median(measure) for measure in MEASURES})
            for accuracy in claimed_accuracies(results.plan)
            for one in (reaching(group, accuracy) for group in results.groups)
        ),
        published=tuple(PublishedFound(beside=one, run_ids=_published_runs(results, one)) for one in beside),
        gaps=gaps,
        score=score,
        figures=figures_of(results),
        story=story(Material(results, labelled(verdicts, labels), beside, score, tally(verdicts))),
        runs=_runs(results),
        data=results.origin.data,
        environment=results.origin.environment,
        started=results.origin.started,
        ended=results.origin.ended,
        warning=results.origin.warning,
    )
    return plain(found)


def _study(plan: Plan) -> StudyFacts:
    source, study = plan.source, plan.source.study
    return StudyFacts(
        name=source.name, title=study.title, question=study.question, source=study.source,
        notes=study.notes or "", profile=source.profile or "",
        setting=setting_text(plan.points[0].spec), command=source.command("run"),
        arms=tuple(study.arms), labels=study.labels,
        about={name: arm.about for name, arm in study.arms.items() if arm.about},
        axes=axis_paths(plan), seeds=plan.seeds,
    )  # fmt: skip


def _nets(plan: Plan) -> Iterator[ArmNet]:
    styles = arm_styles(plan.source.study.arms)
    for style, (name, arm) in zip(styles, plan.source.study.arms.items(), strict=True):
        model = next(point.spec.model for point in plan.points if point.arm == name)
        yield ArmNet(
            label=arm.label or name, about=arm.about or changes_text(arm.model_extra or {}), style=style,
            block=block_of(model), layers=net_of(model), norm=model.norm.kind if norm_of(model.norm) else "",
            dropout=model.dropout.rate or model.dropout.dense_rate or 0.0,
        )  # fmt: skip


def _counts(results: Results) -> dict[str, int]:
    """Of distinct runs: points of equal specs share one."""
    states = texts(results.runs, "status")
    by_run = {point.fingerprint: status for point, status in zip(results.plan.points, states, strict=True)}
    ends = list(by_run.values())
    return {"planned": len(ends), **{status: ends.count(status) for status in STATUSES}}


def _judged(verdict: Verdict, labels: Mapping[str, str]) -> JudgedClaim:
    words = labelled(verdict, labels)
    return JudgedClaim(
        verdict=verdict,
        tested=expectation_text(words.claim),
        effect=effect_text(verdict),
        sentence=verdict_sentence(words),
    )


def _points(results: Results) -> tuple[PointFound, ...]:
    groups, summaries = results.groups, results.summaries
    return tuple(
        PointFound(summary=summary, run_ids=tuple(texts(group.finished, "run_id")))
        for group, summary in zip(groups, summaries, strict=True)
    )


def _published_runs(results: Results, one: BesidePublished) -> tuple[str, ...]:
    place = place_of(results.plan, one.published)
    if isinstance(place, str):
        return ()
    same = (group for group in results.groups if (group.arm, group.axes) == (one.published.arm, place))
    return tuple(run_id for group in same if group.variant == one.variant for run_id in texts(group.finished, "run_id"))


def _runs(results: Results) -> tuple[RunFound, ...]:
    runs, paths = results.runs, axis_paths(results.plan)
    columns, diverged = columns_of(runs, metrics_in(runs)), numbers(runs, "diverged_at_epoch")
    states, errors = texts(runs, "status"), texts(runs, "error")
    return tuple(
        RunFound.model_validate(
            {
                "run_id": point.run_id,
                "arm": point.arm,
                "axes": {path: runs[path].iloc[row] for path in paths},
                "seed": point.seed,
                "status": states[row],
                "metrics": {name: column[row] for name, column in columns.items() if not math.isnan(column[row])},
                "why": why(states[row], errors[row], diverged[row]),
            }
        )
        for row, point in enumerate(results.plan.points)
    )
