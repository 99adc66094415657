"""Which layers become integers, which variant is advised, and what a noisy one is told."""

import shutil
from importlib.util import find_spec

import pytest

from edge import models as files
from edge.config.sections import TfliteSection
from edge.errors import ModelError
from edge.tflite import choice, load, manifest

if find_spec("ai_edge_litert") is None:
    pytest.skip("needs ai-edge-litert", allow_module_level=True)

from edge.models.variants.dynamic import shapes
from edge.models.variants.graph import Graph
from edge.tflite.known import MESH
from edge.tuning import sensitivity, variants
from tests.vision.variants import published


def test_judge_refuses_a_noisy_variant(built):
    """Figures outside a variant's bars stop the build before a file is written."""
    figures = built.figures["int8-weights"] | {"noise_over_float": {"AU12": 1.2}}
    with pytest.raises(ModelError, match=r"expected noise <= 1\.05"):
        variants.judge("int8-weights", figures)


def test_sweep_tells_quiet_layers_from_loud_ones(built):
    """Alone in integers, every layer adds some noise to the signals, and the last one the most by far."""
    layers = {one.name: one for one in sensitivity.sweep(built.folder, built.film[0][:, :20])}
    assert layers.keys() == set(shapes(Graph(published(built.folder, MESH))))
    loud = layers.pop("conv2d_21")
    assert all(0 <= one.variance < loud.variance / 2 for one in layers.values())
    assert loud.variance < 0.5
    assert layers["conv2d_31"].variance == 0  # the presence: it moves no landmark


def test_choice_keeps_to_the_budget():
    """Layers that save nothing stay float; the others come in by gain per noise until the budget is spent."""

    def layer(name, variance, gain):
        return sensitivity.Layer(name=name, shape=(1, 3, 3, 8), variance=variance, gain=gain)

    layers = [
        layer("slower", 0.0, -0.1),
        layer("dear", 0.5, 0.02),
        layer("cheap", 0.1, 0.02),
        layer("free", 0.0, 0.01),
        layer("loud", 9.0, 0.5),
    ]
    assert sensitivity.choose(layers, 1.25) == ["free", "cheap"]
    assert sensitivity.choose(layers, 1.3) == ["free", "cheap", "dear"]
    assert sensitivity.choose(layers, 1.0) == ["free"]
    assert "| `cheap` | 3x3x8 | +0.100 | +2.0 % | yes |" in sensitivity.table(layers, ["cheap"])


NOISY, QUIET = sensitivity.NOISE_GOAL + 0.01, sensitivity.NOISE_GOAL


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ({}, "float"),
        ({"fast": (QUIET, 0.5), "faster": (QUIET, 0.4)}, "faster"),
        ({"fast": (QUIET, 0.5), "noisy": (NOISY, 0.4)}, "fast"),
        ({"slow": (QUIET, 1.1), "noisy": (NOISY, 0.4)}, "float"),
    ],
)
def test_advice_prefers_the_fast_and_quiet(tmp_path, figures, expected):
    """The advised variant is the fastest within the goal for noise; float where none is faster than float."""
    content = {
        f"{name}/{MESH}.tflite": {
            "sha256": "0" * 64,
            "bytes": 1,
            "fidelity": {"noise_over_float": {"AU12": 0.9, "AU25": noise}, "ms_over_float": times},
        }
        for name, (noise, times) in figures.items()
    }
    files.record(tmp_path, content)
    assert variants.advised(tmp_path) == expected


def test_tuning_sets_what_auto_runs(built, tmp_path):
    """The advised variant becomes the folder's choice for the runtime that measured it, and for no other."""
    folder = tmp_path / "models"
    shutil.copytree(built.folder, folder)
    for mixed, expected in ((2.0, "float"), (0.7, "int8-mixed")):
        measured = {}
        for name, times in (("int8-mixed", mixed), ("int8-weights", 1.1)):
            entry = manifest.entries(folder)[f"{name}/{MESH}.tflite"]
            measured[f"{name}/{MESH}.tflite"] = entry | {
                "fidelity": entry["fidelity"] | {"ms_over_float": times}
            }
        files.record(folder, measured)
        assert variants.choose(folder) == expected
        assert choice.chosen(folder) == {"ai-edge-litert": expected, "tflite-runtime": "float"}
        assert load(TfliteSection(models=str(folder)), MESH).variant == expected
