"""One seam for every accelerator: the real loading code, a real external delegate, and the CPU behind it."""

import _ctypes
import logging
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from edge.config.sections import TfliteSection
from edge.errors import ModelError
from edge.mesh import SHAPES
from edge.tflite import Model, gpu, manifest
from tests.bench.peer import interpreter


@pytest.fixture
def load(models):
    """Give a function: section fields -> the face mesh model."""

    def build(**section):
        configured = TfliteSection(**section)
        return Model(manifest.locate(configured, "face_landmark"), configured, SHAPES)

    return build


@pytest.fixture
def expected(load):
    """Give the CPU's answer to one fixed picture."""
    return _answer(load())


def _answer(model):
    model.input[:] = np.random.default_rng(5).random(model.input.shape, np.float32)
    return [output.copy() for output in model.run()]


def test_delegate_runs_part_of_the_graph(load, delegate, expected):
    """A working delegate is used, says so, and gives the CPU's numbers."""
    model = load(accelerator="delegate", delegate=str(delegate))
    got = _answer(model)
    assert (model.accelerator, model.degraded) == ("delegate", "")
    for want, have in zip(expected, got, strict=True):
        np.testing.assert_allclose(have, want, atol=0.02)


@pytest.mark.parametrize(
    "failure",
    [
        ({"fail": "load"}, "no such accelerator"),
        ({"fail": "prepare"}, "delegate application failure"),
        ({"fail": "wrong"}, "expected the CPU's output"),
    ],
)
def test_delegate_that_fails_to_load(load, delegate, expected, failure, caplog):
    """Refusing to load, refusing the graph or computing nonsense leaves the CPU's exact answer."""
    options, reason = failure
    with caplog.at_level(logging.WARNING):
        model = load(accelerator="delegate", delegate=str(delegate), delegate_options=options)
        got = _answer(model)
    assert model.accelerator == "cpu"
    assert reason in model.degraded
    assert [bool((a == b).all()) for a, b in zip(got, expected, strict=True)] == [True, True]
    assert len(caplog.records) == 1


def test_delegate_that_dies_on_invoke(load, delegate, expected, caplog):
    """When the delegate dies mid-run that very call answers from the CPU; it is logged once."""
    model = load(accelerator="delegate", delegate=str(delegate), delegate_options={"die_after": "400"})
    assert model.accelerator == "delegate"
    with caplog.at_level(logging.WARNING):
        for _ in range(400):
            got = _answer(model)
            if model.degraded:
                break
        _answer(model)
    assert model.accelerator == "cpu"
    assert "delegate failed" in model.degraded
    assert (got[0] == expected[0]).all()
    assert len(caplog.records) == 1


@pytest.mark.parametrize("kind", ["missing", "text", "library"])
def test_delegate_that_is_none(load, tmp_path, expected, kind):
    """A path that is missing, a text file or some other library falls back without a crash."""
    path = {"missing": tmp_path / "no.so", "text": tmp_path / "text.so", "library": _ctypes.__file__}[kind]
    (tmp_path / "text.so").write_text("not a library\n")
    model = load(accelerator="delegate", delegate=str(path))
    assert model.accelerator == "cpu"
    assert "tflite.delegate" in model.degraded
    assert (_answer(model)[0] == expected[0]).all()


def test_gpu_or_the_reason_why_not(load, expected):
    """The GPU gives the CPU's landmarks within half a crop pixel, or the CPU runs and the reason is told."""
    model = load(accelerator="gpu")
    got = _answer(model)
    if model.degraded:
        assert "tflite.accelerator: gpu" in model.degraded
        assert (got[0] == expected[0]).all()
        pytest.skip(f"needs a GPU: {model.degraded}")
    assert model.accelerator == "gpu"
    assert np.abs(got[0] - expected[0]).mean() < 0.5


@pytest.mark.parametrize(
    ("driver", "told"),
    [
        ("import os; os.kill(os.getpid(), 11)", "signal 11"),
        ("import time; time.sleep(60)", "no answer"),
        ("raise ImportError('No module named ml_dtypes')", "No module named ml_dtypes"),
    ],
    ids=["crashes", "hangs", "lacks"],
)
def test_gpu_driver_that_fails_leaves_the_service_alive(tmp_path, driver, told):
    """A graphics driver crashes or hangs in a process of its own, and its model error names the reason."""
    words = f"expected a GPU for LiteRT, got .*{told}.* at tflite.accelerator: gpu"
    with pytest.raises(ModelError, match=words):
        gpu.rehearse(tmp_path, driver, limit_s=5.0)


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_threads_change_nothing(load, expected, threads):
    """The number of threads is a matter of speed only."""
    np.testing.assert_allclose(_answer(load(threads=threads))[0], expected[0], atol=1e-3)


def test_buffers_are_reused(load):
    """Two runs write into the same output memory: no allocation grows with frames."""
    model = load()
    first, second = model.run(), model.run()
    assert [a is b for a, b in zip(first, second, strict=True)] == [True, True]


QUIET_PROBE = """
import os, sys, threading
from edge.tflite.runtime import quiet

def load():
    for _ in range(50):
        with quiet() as said:
            os.write(2, b"INFO: Created a delegate\\n")
        assert said == ["INFO: Created a delegate"], said

def log():
    for i in range(300):
        sys.stderr.write(f"line {i}\\n")

threads = [threading.Thread(target=load), threading.Thread(target=load), threading.Thread(target=log)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


def test_a_quiet_load_loses_no_line_of_others():
    """While two threads load models every line that a third one logs reaches stderr, and no chatter does."""
    done = subprocess.run([sys.executable, "-c", QUIET_PROBE], check=True, capture_output=True, text=True)
    assert sorted(done.stderr.splitlines()) == sorted(f"line {i}" for i in range(300))


LATE_PROBE = """
import io, os, sys, threading
from edge.tflite.runtime import quiet
from tests.publish.broker import until

class Late(io.RawIOBase):
    \"\"\"A write that began while stderr was turned aside, and ends after it was put back.\"\"\"

    def writable(self):
        return True

    def write(self, content):
        aside, place = os.dup(2), os.fstat(2)
        begun.set()
        until(lambda: not os.path.samestat(os.fstat(2), place))
        os.write(aside, content)
        os.close(aside)
        return len(content)

begun = threading.Event()
writer = threading.Thread(target=lambda: sys.stderr.write("late\\n"))
with quiet():
    sys.stderr = io.TextIOWrapper(io.BufferedWriter(Late()), line_buffering=True)
    writer.start()
    begun.wait()
writer.join()
sys.stderr = sys.__stderr__
"""


def test_a_quiet_load_loses_no_line_under_way():
    """A write that begins while stderr is turned aside and ends after it is back reaches stderr."""
    done = subprocess.run([sys.executable, "-c", LATE_PROBE], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "late\n")


RUNTIME_PROBE = """
import sys
sys.path.insert(0, sys.argv[1])
import numpy as np
from edge.config.sections import TfliteSection
from edge.tflite import load
section = TfliteSection(runtime="tflite-runtime", models=sys.argv[2])
model = load(section, "face_landmark")
assert model.variant == "float"  # the forerunner is slow on the standard variant
model.input[:] = np.random.default_rng(5).random(model.input.shape, np.float32)
np.save(sys.argv[3], model.run()[0])
print(np.__version__, *sorted(name for name in sys.modules if name in ("ai_edge_litert", "tflite_runtime")))
"""


@pytest.mark.slow
@pytest.mark.skipif(
    sys.version_info[:2] != (3, 11), reason="needs Python 3.11, for a wheel of tflite-runtime"
)
def test_forerunner_runtime_gives_the_same(models, expected, tmp_path):
    """In its own environment, tflite-runtime with numpy 1.26 gives the landmarks of ai-edge-litert."""
    python = interpreter("tflite-runtime==2.14.0", "numpy==1.26.4", "PyYAML")
    root, out = Path(__file__).parents[2], tmp_path / "landmarks.npy"
    done = subprocess.run(
        [python, "-c", RUNTIME_PROBE, root, models, out], check=True, capture_output=True, text=True
    )
    assert done.stdout.split() == ["1.26.4", "tflite_runtime"]
    np.testing.assert_allclose(np.load(out), expected[0], atol=1e-2)
