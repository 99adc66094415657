"""Which variant of a model runs: the configured one, or for `auto` the folder's choice for this runtime.

In: the section. Out: a loaded model that passed its gate. `auto` never stops the service: what is missing or
refused gives way to the float file, with one line in the log. A variant asked for by name is an error then.
"""

import logging
from pathlib import Path

from edge.config.sections import TfliteSection
from edge.errors import ModelError
from edge.tflite import fidelity, manifest
from edge.tflite.known import MESH, SHAPES
from edge.tflite.model import Model
from edge.tflite.runtime import installed

CHOICE = "choice.json"
AUTO, FLOAT = "auto", "float"

_log = logging.getLogger(__name__)


def load(section: TfliteSection, name: str) -> Model:
    """Load one of the known models in the variant that is to run here, and check what it sees.

    Raises
    ------
    ModelError : the float file is not usable, or a variant asked for by name is not there or is refused.
    """
    variant = resolve(section)
    if variant != FLOAT and name != MESH and f"{variant}/{name}.tflite" not in _known(section):
        variant = FLOAT  # not every variant has detectors of its own
    try:
        return _checked(section, name, variant)
    except ModelError as exc:
        if section.variant != AUTO or variant == FLOAT:
            raise
        _log.warning("%s runs as float: %s", name, exc)
        return _checked(section, name, FLOAT)


def resolve(section: TfliteSection) -> str:
    """Return the variant's name: the configured one, or what `auto` means for this runtime and accelerator.

    Accelerators get the float graph: they bring their own arithmetic.
    """
    if section.variant != AUTO:
        return section.variant
    if section.accelerator != "cpu":
        return FLOAT
    try:
        return chosen(manifest.folder(section)).get(installed(section), FLOAT)
    except ModelError as exc:
        _log.warning("the models run as float: %s", exc)
        return FLOAT


def chosen(models: Path) -> dict[str, str]:
    """Return the folder's choice, variant by runtime; empty where nothing was chosen yet.

    Raises
    ------
    ModelError : a choice that cannot be read.
    """
    return manifest.table(models / CHOICE, "variants", str)


def _known(section: TfliteSection) -> dict[str, manifest.Entry]:
    return manifest.entries(manifest.folder(section))


def _checked(section: TfliteSection, name: str, variant: str) -> Model:
    model = Model(manifest.locate(section, name, variant), section, SHAPES[name])
    if variant != FLOAT:
        fidelity.check(model, manifest.folder(section), name)
    return model
