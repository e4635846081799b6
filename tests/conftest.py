"""What all tests share: no window pops up, no network or real images are used, and the library is imported first."""

import os
import tempfile

os.environ.setdefault("MPLBACKEND", "Agg")
# tests/test_real_data.py alone finds the real images, by this name; pytest-xdist's workers inherit both.
if "WGAN_DATA_DIR" in os.environ:
    os.environ["WGAN_REAL_DATA"] = os.environ.pop("WGAN_DATA_DIR")
os.environ["WGAN_OFFLINE"] = "1"
if "PYTEST_XDIST_WORKER" in os.environ:
    # A core for each worker: two that use all of them wait for each other's threads.
    for name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")
if os.environ.get("KERAS_BACKEND") == "jax":
    # The tests compile a thousand small things and run each once; optimizing them takes most of the time.
    # Two virtual devices, so that a training can be shared among them; everything else stays on the first.
    os.environ.setdefault("XLA_FLAGS", "--xla_backend_optimization_level=0 --xla_force_host_platform_device_count=2")
    # And the same small things again and again, which a cache finds; pytest-xdist's workers inherit it.
    if "JAX_COMPILATION_CACHE_DIR" not in os.environ:
        cache = tempfile.TemporaryDirectory(prefix="jax-")  # removed when the process ends
        os.environ |= {
            "JAX_COMPILATION_CACHE_DIR": cache.name,
            "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
            "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
        }

# Before any test imports keras: TensorFlow reads its settings once, and the library makes some.
import wgan_utils  # noqa: F401
