"""What a mute leaves of a picture in the models."""

import numpy as np

from edge.camera import open_camera
from edge.config import Config
from edge.config.sections import CameraSection
from edge.pipeline.sight import Sight


def test_no_picture_stays_in_the_models():
    """After the mute neither our buffers nor the runtime's input hold anything of the last face."""
    camera = open_camera(CameraSection(source="stage", path="firmware_configs/stage/demo.yaml"))
    sight = Sight(Config(), seed=1)
    models = (*sight.mesh._crew.models, sight._faces._searcher._full.model)
    for frame, _ in zip(camera, range(3), strict=False):
        sight.see(frame)
    assert all(np.ptp(_kept(model)) > 0 for model in models)
    sight.wipe()
    for model in models:
        assert not model.input.any()
        assert np.ptp(_kept(model)) == 0
    camera.close()


def _kept(model):
    """Return what the runtime itself still has of its input."""
    backend = model._backend
    return backend._interpreter.get_tensor(backend._input["index"])
