"""What a shell, a home folder or a current folder holds changes no number: the same bits, under the same run id."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bn_study.execution.worker_environment import COMPUTING, LET_THROUGH, ignored, worker_environment

ROOT = Path(__file__).resolve().parents[2]
#: A dense net and one with feature maps: `channels_first` changes the first silently and breaks the second.
STUDY = f"""
title: Small nets
question: Same bits?
source: nobody
base: {ROOT / "configs" / "digits.yaml"}
arms:
  bn: {{model.norm: {{kind: batch}}}}
  cnn: {{model: {{kind: cnn, filters: [3], dense_units: 4}}}}
seeds: [0]
profiles:
  small: {{training.epochs: 1, dataset.train_images: 100}}
"""
COMMAND = ("run", "study.yaml", "--profile", "small", "--jobs", "1", "--no-report", "--results", "out")
TIMES = {"train_seconds", "validation_seconds", "images_per_second", "cpu_seconds"}


def losses(folder: Path, **environment: str) -> tuple[dict[str, Any], str]:
    """run id → what its epochs measured, times apart; and what was printed. Run with `folder` as current folder."""
    (folder / "study.yaml").write_text(STUDY)
    clean = {key: value for key, value in os.environ.items() if not key.startswith(COMPUTING)}
    command = [sys.executable, "-m", "bn_study", *COMMAND]
    done = subprocess.run(command, cwd=folder, env=clean | environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    found = {}
    for path in folder.rglob("result.json"):
        record = json.loads(path.read_text())
        epochs = [{key: value for key, value in epoch.items() if key not in TIMES} for epoch in record["epochs"]]
        found[record["run_id"]] = (epochs, record["final"])
    return found, done.stdout


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return losses(tmp_path_factory.mktemp("clean"))[0]


def test_keras_json_and_flags_of_the_shell_change_no_bit(undisturbed: dict[str, Any], tmp_path: Path) -> None:
    home = tmp_path / "keras"
    home.mkdir()
    settings = {"floatx": "float16", "epsilon": 1e-3, "image_data_format": "channels_first", "backend": "jax"}
    (home / "keras.json").write_text(json.dumps(settings))
    found, said = losses(
        tmp_path, KERAS_HOME=str(home), XLA_FLAGS="--xla_cpu_enable_fast_math=true", ONEDNN_MAX_CPU_ISA="SSE41",
        TF_ENABLE_ONEDNN_OPTS="0", JAX_ENABLE_X64="1", KERAS_NNX_ENABLED="true",
    )  # fmt: skip
    assert len(undisturbed) == 2
    assert found == undisturbed
    names = "JAX_ENABLE_X64, KERAS_NNX_ENABLED, ONEDNN_MAX_CPU_ISA, TF_ENABLE_ONEDNN_OPTS, XLA_FLAGS"
    assert f"ignored, since they may change numbers: {names}" in " ".join(said.split())


def test_what_lies_in_the_current_folder_is_not_run(undisturbed: dict[str, Any], tmp_path: Path) -> None:
    """Nor do flags that nothing understands stop a run."""
    for name in ("random", "keras", "tensorflow", "numpy", "typing"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('my notes')\n")
    assert losses(tmp_path, XLA_FLAGS="--nonsense")[0] == undisturbed


def test_of_what_computes_a_worker_sees_what_is_fixed_here_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is set under one of the prefixes: the same environment, and it is named."""
    for key in [key for key in os.environ if key.startswith(COMPUTING) and key not in LET_THROUGH]:
        monkeypatch.delenv(key)
    plain = worker_environment("jax", threads=1)
    odd = {f"{prefix}ODD": "1" for prefix in COMPUTING}
    for key, value in odd.items():
        monkeypatch.setenv(key, value)
    assert worker_environment("jax", threads=1) == plain
    assert ignored(os.environ) == tuple(sorted(odd))
