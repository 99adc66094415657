"""The same kernels elsewhere: on aarch64 under qemu, under sanitizers and under valgrind.

`make checked` runs the kernel tests on a build with bounds checks and AddressSanitizer.
"""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DRIVER = Path(__file__).parent / "driver.c"
WARNINGS = ["-Wall", "-Wextra", "-Wno-unused-function"]
CFLAGS = ["-std=gnu11", "-ffp-contract=off", *WARNINGS, f"-I{ROOT / 'native'}"]
FRAMES = 1200
CYCLES_PER_LAG = 1.5  # of the NEON loop, as docs/correlator.md says


def needs(*programs):
    """Skip with the reason where a program is absent."""
    missing = [program for program in programs if shutil.which(program) is None]
    return pytest.mark.skipif(bool(missing), reason=f"needs {', '.join(missing)}")


def run(*command, **options):
    """Run a command and return its standard output; its standard error shows when it fails."""
    done = subprocess.run([*map(str, command)], check=False, capture_output=True, **options)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def build(folder, compiler, *flags):
    """Compile the driver and return its path."""
    program = folder / f"driver-{compiler}-{len(list(folder.iterdir()))}"
    run(compiler, *CFLAGS, *flags, DRIVER, "-lm", "-o", program)
    return program


@pytest.fixture(scope="module")
def native_bytes(tmp_path_factory):
    """Return what the driver writes on this machine, optimised as in the package."""
    return run(build(tmp_path_factory.mktemp("native"), "gcc", "-O3"), FRAMES)


@needs("aarch64-linux-gnu-gcc", "qemu-aarch64-static")
def test_aarch64_gives_the_same_bytes(tmp_path, native_bytes):
    """Sums, r, quantised samples and event counts on aarch64 (NEON) equal those here bit for bit."""
    program = build(tmp_path, "aarch64-linux-gnu-gcc", "-O3", "-static")
    for level in ([], ["0"]):
        assert native_bytes == run("qemu-aarch64-static", program, FRAMES, *level)


@pytest.mark.parametrize("compiler", [pytest.param(name, marks=needs(name)) for name in ("gcc", "clang")])
def test_sanitizers_are_silent(tmp_path, native_bytes, compiler):
    """No byte out of bounds, no undefined arithmetic, and the same bytes as optimised."""
    flags = ["-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
    program = build(tmp_path, compiler, *flags)
    for level in ([], ["0"]):
        assert native_bytes == run(program, FRAMES, *level)


@needs("valgrind")
def test_valgrind_is_silent_and_frames_cost_no_allocation(tmp_path):
    """Valgrind finds nothing, and ten times the frames take exactly as many allocations."""
    program = build(tmp_path, "gcc", "-O1", "-g")
    counts = set()
    for frames in (100, 1000):
        log = tmp_path / f"{frames}.log"
        watch = ["--error-exitcode=9", "--leak-check=full", f"--log-file={log}"]
        run("valgrind", *watch, program, frames, "1")
        counts.add(re.search(r"total heap usage: ([\d,]+) allocs", log.read_text()).group(1))
    assert len(counts) == 1


@needs("aarch64-linux-gnu-gcc", "llvm-mca")
@pytest.mark.parametrize("core", ["cortex-a76", "cortex-a72"])
def test_cycles_per_lag_are_those_documented(tmp_path, core):
    """The documented estimate for the target boards bounds what llvm-mca says of the NEON loop."""
    source, assembly = tmp_path / "kernel.c", tmp_path / "kernel.s"
    source.write_text(
        '#include "lags.h"\n'
        "void kernel(int64_t *s, int16_t a, int16_t b, const int16_t *m, ptrdiff_t n)\n"
        "{ lags_neon(s, a, b, m, n); }\n"
    )
    run(
        "aarch64-linux-gnu-gcc",
        "-std=gnu11",
        f"-I{ROOT / 'native'}",
        "-O3",
        "-w",
        "-S",
        source,
        "-o",
        assembly,
    )
    body = assembly.read_text().split("kernel:")[1]
    label, loop = re.search(r"^(\.L\d+):\n((?:(?!^\.L).*\n)*?)\tb\w*\.?ne\t\1", body, re.MULTILINE).groups()
    report = run(
        "llvm-mca", "-mtriple=aarch64", f"-mcpu={core}", "-iterations=1000", input=loop.encode()
    ).decode()
    cycles = int(re.search(r"Total Cycles:\s+(\d+)", report).group(1)) / 1000
    assert label.startswith(".L")
    assert cycles / 8 <= 1.1 * CYCLES_PER_LAG  # newer LLVM knows the A76 itself and finds less
