"""A worker's environment variables: what could change a number is fixed here, whatever the user's shell has set."""

from __future__ import annotations

import os
from collections.abc import Mapping

#: Beginnings of the names that libraries which compute listen to. Of these only the ones below reach a worker.
COMPUTING = (
    "TF_", "TENSORFLOW_", "ITEX_", "ZENDNN_", "XLA_", "JAX_", "PJRT_", "TPU_", "LIBTPU_", "KERAS_",
    "ONEDNN_", "DNNL_", "MIOPEN_", "ROCBLAS_", "HIPBLASLT_", "CUBLAS_", "CUBLASLT_", "CUDNN_", "NVIDIA_TF32_",
    "NPY_", "OPENBLAS_", "GOTO_", "BLIS_", "MKL_", "VECLIB_", "OMP_", "KMP_", "GOMP_", "GLIBC_TUNABLES", "MALLOC_",
)  # fmt: skip
#: They choose where is computed, which is recorded; where data lie; what is said; or a kernel of NumPy's matrix
#: product, which no run calls and which some processors need. The last are Terraform's.
LET_THROUGH = (
    "JAX_PLATFORMS", "KERAS_HOME", "TF_CPP_MIN_LOG_LEVEL", "TF_CPP_MAX_VLOG_LEVEL", "OPENBLAS_CORETYPE",
    "OPENBLAS_L2_SIZE", "OPENBLAS_VERBOSE", "OMP_DISPLAY_ENV", "TF_CLI_", "TF_VAR_",
)  # fmt: skip


def worker_environment(backend: str, threads: int, gpus: str = "") -> dict[str, str]:
    """All of it must stand before the first import of keras. `gpus`: that the worker may use, as CUDA names them."""
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
        "CUDA_VISIBLE_DEVICES": gpus,  # TensorFlow would take all memory of each that it sees
        **({"XLA_FLAGS": "--xla_gpu_deterministic_ops=true"} if gpus and backend == "jax" else {}),
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": _search_path(os.environ.get("PYTHONPATH", "")),
    }
    return {**_neutral(os.environ), **fixed}


def describing_environment(backend: str) -> dict[str, str]:
    """Of a process that builds nets and computes nothing: it leaves accelerators to those who train."""
    return {**worker_environment(backend, threads=1), "JAX_PLATFORMS": "cpu", "CUDA_VISIBLE_DEVICES": "-1"}


def ignored(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The variables that are set here and do not reach the workers, in alphabetical order."""
    return tuple(sorted(environment.keys() - _neutral(environment).keys() - {"KERAS_BACKEND"}))


def _neutral(environment: Mapping[str, str]) -> dict[str, str]:
    return {
        key: value for key, value in environment.items() if key.startswith(LET_THROUGH) or not key.startswith(COMPUTING)
    }


def _search_path(entries: str) -> str:
    """PYTHONPATH less its empty entries, which mean the current folder: `PYTHONPATH=$PYTHONPATH:more` makes one."""
    return os.pathsep.join(filter(None, entries.split(os.pathsep)))
