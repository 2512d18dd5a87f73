"""A worker's environment variables: what could change a number is fixed here, whatever the user's shell has set."""

from __future__ import annotations

import os
from collections.abc import Mapping

#: Variables of what computes: of these only the ones below reach a worker.
COMPUTING = (
    "TF_", "TENSORFLOW_", "XLA_", "JAX_", "KERAS_", "ONEDNN_", "DNNL_", "OMP_", "KMP_", "GOMP_", "MKL_", "OPENBLAS_",
    "GOTO_", "BLIS_", "CUBLAS_", "CUDNN_", "NVIDIA_TF32_", "GLIBC_TUNABLES", "MALLOC_",
)  # fmt: skip
#: They choose where is computed, which is recorded; where data lie; what is said; or a kernel of NumPy's matrix
#: product, which no run calls and which some processors need.
LET_THROUGH = (
    "JAX_PLATFORMS", "KERAS_HOME", "TF_CPP_MIN_LOG_LEVEL", "TF_CPP_MAX_VLOG_LEVEL", "OPENBLAS_CORETYPE",
    "OPENBLAS_L2_SIZE", "OPENBLAS_VERBOSE", "OMP_DISPLAY_ENV",
)  # fmt: skip


def worker_environment(backend: str, threads: int) -> dict[str, str]:
    """All of it must stand before the first import of keras."""
    count = str(threads)
    fixed = {
        "KERAS_BACKEND": backend,
        "KERAS_NNX_ENABLED": "false",
        "TF_NUM_INTRAOP_THREADS": count,
        "TF_NUM_INTEROP_THREADS": "1",
        "OMP_NUM_THREADS": count,
        "OPENBLAS_NUM_THREADS": count,
        "TF_DETERMINISTIC_OPS": "1",
        "TF_ENABLE_ONEDNN_OPTS": "1",
        "TF_CPP_MIN_LOG_LEVEL": os.environ.get("TF_CPP_MIN_LOG_LEVEL", "2"),
        "TF_FORCE_GPU_ALLOW_GROWTH": "true",
        "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
        "MALLOC_ARENA_MAX": "1",  # 60 MB less a worker; compute threads hardly allocate
        "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",  # weights in huge pages: 33.5 instead of 36 ms a step
        "PYTHONUNBUFFERED": "1",
    }
    return {**_neutral(os.environ), **fixed}


def ignored(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The variables that are set here and do not reach the workers, in alphabetical order."""
    return tuple(sorted(environment.keys() - _neutral(environment).keys() - {"KERAS_BACKEND"}))


def _neutral(environment: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in environment.items() if key in LET_THROUGH or not key.startswith(COMPUTING)}
