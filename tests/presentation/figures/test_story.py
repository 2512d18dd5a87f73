"""The story: a scene for each question that has an answer, whose figure shows what its title says."""

from __future__ import annotations

import math

import pytest
from drawn_studies import marks_of, two_arms_at_seven_rates, with_divergence, with_study
from synthetic_study import plan_of, realistic

from bn_study.analysis.results import results_of
from bn_study.config.claim import Claim
from bn_study.planning.expansion import Plan
from bn_study.presentation.figures.marks import Dot, Line, Text, Whisker
from bn_study.presentation.figures.story import Scene
from bn_study.presentation.findings import find


def told(plan: Plan) -> dict[str, Scene]:
    return {scene.topic: scene for scene in find(results_of(plan, realistic(plan, with_divergence))).story}


@pytest.fixture(scope="module")
def plain() -> dict[str, Scene]:
    return told(plan_of("paper", "seeds=[0, 1, 2, 3, 4, 5]"))


def test_every_run_is_a_dot_above_the_mean_of_its_arm(plain: dict[str, Scene]) -> None:
    (panel,) = plain["accuracy"].figure.panels
    for rank, tick in enumerate(panel.y.ticks or ()):
        runs = [dot for dot in marks_of(panel, Dot, tick.said) if dot.look == "hollow"]
        (mean,) = (dot for dot in marks_of(panel, Dot, tick.said) if dot.look == "full")
        (interval,) = marks_of(panel, Whisker, tick.said)
        assert len(runs) == 6
        assert all(abs(dot.y - rank) < 0.5 and dot.y < mean.y for dot in runs)
        assert mean.x == pytest.approx(math.fsum(dot.x for dot in runs) / 6)
        assert interval.low < mean.x < interval.high
        assert all(panel.x.low <= dot.x <= panel.x.high for dot in runs)
    assert panel.x.low > 0  # zoomed


def test_the_level_that_claims_name_lies_across_the_curves(plain: dict[str, Scene]) -> None:
    curves, bars = plain["speed"].figure.panels
    (level,) = (line for line in marks_of(curves, Line) if line.arm is None)
    assert level.y == (50.0, 50.0)
    assert curves.y.low <= 50.0 <= curves.y.high
    assert bars.x.label == "epochs"


def test_slopes_join_published_and_measured_of_the_last_epoch(plain: dict[str, Scene]) -> None:
    accuracy, loss = plain["published"].figure.panels
    assert {line.label for line in marks_of(accuracy, Line)} == {"bn", "dropout"}
    published = sorted(line.y[0] for line in marks_of(accuracy, Line))
    assert published == pytest.approx([82.99, 85.84])
    assert sorted(line.y[0] for line in marks_of(loss, Line)) == pytest.approx([0.462, 0.4986])
    for panel in (accuracy, loss):
        for end in (0.0, 1.0):
            at = sorted(text.y for text in marks_of(panel, Text) if text.x == end)
            assert at[1] - at[0] >= 0.08 * (panel.y.high - panel.y.low)  # no number covers the other


def test_the_best_mean_of_a_grid_has_a_ring() -> None:
    (panel,) = told(two_arms_at_seven_rates())["accuracy"].figure.panels
    (ring,) = (dot for dot in marks_of(panel, Dot) if dot.shape == "ring")
    points = [(y, x, line.arm) for line in marks_of(panel, Line) for x, y in zip(line.x, line.y, strict=True)]
    assert (ring.y, ring.x, ring.arm) == max(points)


def test_what_claims_are_about_comes_first_with_its_own_figure() -> None:
    claim = {"id": "a", "says": "Its loss is lower", "metric": "last_train_loss"}
    own = Claim.model_validate({**claim, "compare": {"arm": "bn", "with": "plain", "expect": "lower"}})
    scenes = told(with_study(plan_of("paper", "seeds=[0, 1, 2, 3, 4, 5]"), claims=(own,)))
    assert next(iter(scenes)) == "claimed"
    assert "speed" not in scenes
    assert scenes["claimed"].title.startswith("Training loss, last epoch: bn is ")
    assert scenes["claimed"].where[0] == "claims[0].verdict"


def test_every_figure_has_the_styles_of_the_arms(plain: dict[str, Scene]) -> None:
    assert len({scene.figure.styles for scene in plain.values()}) == 1
    assert all(len(scene.figure.styles) == 5 and scene.figure.run_ids for scene in plain.values())
