"""What a shell, a home folder or a current folder holds changes no number: the same bits, under the same run id."""

from __future__ import annotations

import importlib.util
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
    """keras.json is not read at all: Keras would stop at this one."""
    home = tmp_path / "keras"
    home.mkdir()
    (home / "keras.json").write_text(json.dumps({"floatx": "no such type"}))
    found, said = losses(
        tmp_path, KERAS_HOME=str(home), XLA_FLAGS="--xla_cpu_enable_fast_math=true", ONEDNN_MAX_CPU_ISA="SSE41",
        TF_ENABLE_ONEDNN_OPTS="0", JAX_ENABLE_X64="1", KERAS_NNX_ENABLED="true", NPY_DISABLE_CPU_FEATURES="X86_V4",
    )  # fmt: skip
    assert len(undisturbed) == 2
    assert found == undisturbed
    (line,) = (line for line in said.splitlines() if line.startswith("kept from the workers, "))
    assert line.split(": ")[1].split(", ") == [
        "JAX_ENABLE_X64", "KERAS_NNX_ENABLED", "NPY_DISABLE_CPU_FEATURES", "ONEDNN_MAX_CPU_ISA",
        "TF_ENABLE_ONEDNN_OPTS", "XLA_FLAGS",
    ]  # fmt: skip


def test_settings_of_a_keras_that_is_there_already_are_put_right(tmp_path: Path) -> None:
    """As in a notebook that opens a kept model; and importing the package leaves nothing behind."""
    settings = {"floatx": "float16", "epsilon": 1e-3, "image_data_format": "channels_first"}
    (tmp_path / "keras.json").write_text(json.dumps(settings))
    script = (
        "import keras, os; config = keras.config; before = config.floatx(); import bn_study.training;"
        "print(before, config.floatx(), config.epsilon(), config.image_data_format(), config.dtype_policy().name);"
        "import pandas, matplotlib; print(os.environ['KERAS_HOME'])"
    )
    environment = os.environ | {"KERAS_HOME": str(tmp_path), "KERAS_BACKEND": keras_backend()}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True)
    assert done.stdout == f"float16 float32 1e-07 channels_last float32\n{tmp_path}\n", done.stderr


def keras_backend() -> str:
    """The quicker one to import."""
    return "jax" if importlib.util.find_spec("jax") else "tensorflow"


def test_what_lies_in_the_current_folder_is_not_run(undisturbed: dict[str, Any], tmp_path: Path) -> None:
    """Not even with an empty entry in PYTHONPATH, which means that folder. Nor do nonsensical flags stop a run."""
    for name in ("random", "keras", "tensorflow", "numpy", "typing"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('my notes')\n")
    path = os.pathsep.join(("", str(ROOT), ""))
    assert losses(tmp_path, XLA_FLAGS="--nonsense", PYTHONPATH=path)[0] == undisturbed


def test_of_what_computes_a_worker_sees_what_is_fixed_here_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is set under one of the prefixes: the same environment, and it is named. Terraform's are let be."""
    for key in [key for key in os.environ if key.startswith(COMPUTING) and not key.startswith(LET_THROUGH)]:
        monkeypatch.delenv(key)
    monkeypatch.setenv("TF_VAR_region", "north")
    plain = worker_environment("jax", threads=1)
    odd = {f"{prefix}ODD": "1" for prefix in COMPUTING}
    for key, value in odd.items():
        monkeypatch.setenv(key, value)
    assert worker_environment("jax", threads=1) == plain
    assert ignored(os.environ) == tuple(sorted(odd))
