"""What the tests of the variants share: published bytes, a section for a folder, a model's plain answers."""

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from edge.config.sections import TfliteSection
from edge.tflite import manifest

GATED = ("int8-weights", "int8-mixed")


def section(folder, variant):
    """Return a section that runs a variant of a folder."""
    return TfliteSection(models=str(folder), variant=variant)


def published(models, name):
    """Return the bytes of a published file."""
    return manifest.read(models / f"float/{name}.tflite")[0]


def answers(content):
    """Run a model in the plain runtime on fixed numbers; return its outputs."""
    interpreter = Interpreter(model_content=content, num_threads=1)
    interpreter.allocate_tensors()
    entry = interpreter.get_input_details()[0]
    interpreter.set_tensor(entry["index"], np.random.default_rng(5).random(entry["shape"], np.float32))
    interpreter.invoke()
    return [interpreter.get_tensor(one["index"]) for one in interpreter.get_output_details()]
