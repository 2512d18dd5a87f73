"""`check`, `plan`, `status`, `report` never import TensorFlow; counts come from nets that are really built."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from bn_study.config.load import load_run
from bn_study.execution import description
from bn_study.execution.description import (
    ModelFacts,
    Undescribed,
    data_facts,
    describe_nets,
    model_key,
    training_flops,
)

ROOT = Path(__file__).resolve().parents[2]
PROBE = """
import sys
from bn_study import cli
sys.argv = ["bn-study", *sys.argv[1:]]
try:
    cli.main()
except SystemExit as end:
    assert end.code == 0, end.code
heavy = {"tensorflow", "keras", "jax"} & set(sys.modules)
assert not heavy, heavy
"""


@pytest.mark.parametrize("verb", ["check", "plan", "status", "report"])
def test_no_backend_is_imported(verb: str, tmp_path: Path) -> None:
    arguments = [verb, "experiments/dense_bn_vs_dropout.yaml", "--profile", "smoke"]
    if verb != "check":
        arguments += ["--results", str(tmp_path)]
    if verb == "report":
        arguments += ["--format", "html,pptx"]  # drawing takes seconds
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROBE, *arguments], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


#: config → parameters, forward FLOPs an image. Dense: (inputs + 1) * units summed over the layers.
GOLDEN = {
    "cnn": (1_250_858, 2 * (1024 * 27 * 32 + 900 * 288 * 32 + 225 * 288 * 64 + 169 * 576 * 64 + 2304 * 512 + 5120)),
    "inception": (5_813_114, 2_803_355_648),  # with BN, scale: false: 5,833,994, see tests/training/test_models.py
    "resnet": (269_722 + 2 * 688, 81_102_080),  # He et al. 2016: 0.27 million; 688 channels have moving statistics
    "recurrent": (2 * 4 * 128 * (128 + 1) + 4 * 128 * (28 + 128) + 1290, 2 * (28 * 512 * (28 + 3 * 128) + 1280)),
    "dense": (3072 * 1024 + 1024 + 1024 * 768 + 768 + 768 * 10 + 10, 2 * (3072 * 1024 + 1024 * 768 + 768 * 10)),
    "digits": (64 * 128 + 128 + 128 * 64 + 64 + 64 * 10 + 10, 2 * (64 * 128 + 128 * 64 + 64 * 10)),
}


@pytest.mark.parametrize("backend", ["jax", "tensorflow"])
def test_every_config_has_its_golden_counts(backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """JAX builds the nets where it is installed, else TensorFlow."""
    pytest.importorskip(backend)
    if backend == "tensorflow":
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    configs = {path.stem: load_run(path) for path in sorted((ROOT / "configs").glob("*.yaml"))}
    assert set(configs) == set(GOLDEN)
    facts = describe_nets(configs.values())
    found = {name: facts[model_key(spec)] for name, spec in configs.items()}
    assert {name: (model.parameters, model.forward_flops) for name, model in found.items()} == GOLDEN


def test_the_last_words_of_a_process_that_broke_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(description, "DESCRIBER", (sys.executable, "-c", "raise RuntimeError('no such library')"))
    with pytest.raises(Undescribed, match=r"exit code 1\n(.*\n)*RuntimeError: no such library"):
        describe_nets([load_run(ROOT / "configs" / "digits.yaml")])


def test_nets_of_any_size_are_described_in_little_memory() -> None:
    """10^12 weights: 4 TB if they had values."""
    spec = load_run(ROOT / "configs" / "digits.yaml")
    model = spec.model.model_copy(update={"widths": (1_000_000, 1_000_000)})
    (facts,) = describe_nets([spec.model_copy(update={"model": model})]).values()
    assert isinstance(facts, ModelFacts)
    assert facts.parameters == 64 * 10**6 + 10**6 + 10**12 + 10**6 + 10 * 10**6 + 10


def test_training_counts_three_forward_passes_and_validation_one() -> None:
    spec = load_run(ROOT / "configs" / "digits.yaml")
    (model,) = describe_nets([spec]).values()
    expected = 20 * GOLDEN["digits"][1] * (3 * 1437 + 360)
    assert training_flops(spec, model, data_facts(spec.dataset)) == expected
