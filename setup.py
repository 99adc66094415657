"""Build script: compiles every `native/*.pyx` into `edge._native.*`; a failed build stops with the fix.

The metadata stand in `pyproject.toml`, the dependencies here, each with its reason in `docs/dependencies.md`.
"""

import os
import shutil
import sys
from pathlib import Path

import numpy as np
from Cython.Build import cythonize
from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

NATIVE = Path("native")
DEBUG = os.environ.get("MIMICRY_NATIVE_DEBUG") == "1"  # bounds and overflow checks on, for the tests
SANITIZE = os.environ.get("MIMICRY_NATIVE_SANITIZE", "")  # for example "address"

RUNTIME = ["numpy>=1.24", "ai-edge-litert>=2.1", "paho-mqtt>=2.1", "PyYAML>=6.0"]
VIDEO = ["av>=18"]
DEMO = [*VIDEO, "amqtt>=0.11", "rich>=13"]
MODELS = ["flatbuffers>=24"]  # comes with ai-edge-litert
BATCH = ["dask[distributed]>=2024.1"]
STORE = ["SQLAlchemy>=2"]
CAMPUS = [*STORE, "psycopg[binary]>=3.1", "aio-pika>=9"]
PAGE = ["nicegui>=3"]  # with FastAPI and uvicorn, which the page uses too
PI = ["picamera2>=0.3.38"]
TFLITE = ["tflite-runtime>=2.14; python_version < '3.12'", "numpy<2; python_version < '3.12'"]
TEST = [
    *DEMO,
    *STORE,
    *BATCH,
    "gpiozero>=2",
    "hypothesis>=6",
    "jsonschema>=4",
    "mypy>=1.10",
    "pytest>=8,<9.2",  # 9.2 ignores the groups of pytest-xdist 3.8
    "pytest-timeout>=2",
    "pytest-xdist>=3.5",
    "ruff>=0.5",
    "scipy>=1.10",
    "cython-lint>=0.16",
    "types-PyYAML",
]


class LoudBuild(build_ext):
    """`build_ext` whose failure names the missing piece: there is no slow fallback."""

    def run(self) -> None:
        """Compile, or stop with what to install."""
        compiler = (os.environ.get("CC") or "cc").split()[0]
        if shutil.which(compiler) is None and shutil.which("gcc") is None:
            sys.exit("error: expected a C compiler, found none: sudo apt install gcc libc6-dev python3-dev")
        super().run()

    def build_extension(self, ext: Extension) -> None:
        """Compile one kernel, with a line about which of how many it is."""
        names = [one.name for one in self.extensions]
        sys.stdout.write(f"compiling {names.index(ext.name) + 1} of {len(names)} kernels: {ext.name}\n")
        sys.stdout.flush()
        super().build_extension(ext)


def extensions() -> list[Extension]:
    """One extension a `.pyx`, portable flags only (no -march=native, no -ffast-math: NaN gates)."""
    flags = ["-O1", "-g"] if DEBUG or SANITIZE else ["-O3", "-g0"]
    link = []
    if SANITIZE:
        flags += [f"-fsanitize={SANITIZE}", "-fno-omit-frame-pointer"]
        link += [f"-fsanitize={SANITIZE}"]
    return [
        Extension(
            f"edge._native.{source.stem}",
            [str(source)],
            include_dirs=[np.get_include(), str(NATIVE)],
            define_macros=[("NPY_NO_DEPRECATED_API", "NPY_1_7_API_VERSION")],
            extra_compile_args=["-std=gnu11", "-Wall", "-Wno-unused-function", "-ffp-contract=off", *flags],
            extra_link_args=link,
            depends=[str(header) for header in sorted(NATIVE.glob("*.h"))],
        )
        for source in sorted(NATIVE.glob("*.pyx"))
    ]


setup(
    ext_modules=cythonize(
        extensions(),
        build_dir="build/cython",
        compiler_directives={
            "language_level": 3,
            "boundscheck": DEBUG,
            "wraparound": False,
            "initializedcheck": DEBUG,
            "overflowcheck": False,
            "cdivision": True,
            "embedsignature": True,
        },
    ),
    cmdclass={"build_ext": LoudBuild},
    install_requires=RUNTIME,
    extras_require={
        "video": VIDEO,
        "demo": DEMO,
        "models": MODELS,
        "batch": BATCH,
        "campus": CAMPUS,
        "page": PAGE,
        "pi": PI,
        "tflite": TFLITE,
        "test": TEST,
    },
)
