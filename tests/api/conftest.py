"""A small rendered scene of two people, as a film."""

import pytest

from edge.errors import ModelError, StageError
from edge.stage import Stage, load_script
from edge.stage.film import write_film

SCENE = """
seconds: 3
seed: 3
size_px: [480, 270]
rate_hz: 10
people:
  - {portrait: astronaut, position: [0.27, 0.5], canthus_px: 55}
  - {portrait: hopper, position: [0.73, 0.5], canthus_px: 55}
behaviour:
  own:
    - {channels: [AU12], per_minute: 20, hold_s: [0.2, 0.8]}
"""


@pytest.fixture(scope="session")
def scene(tmp_path_factory):
    """Return the film, or skip where models or portraits were not fetched."""
    folder = tmp_path_factory.mktemp("scene")
    script, film = folder / "scene.yaml", folder / "scene.mp4"
    script.write_text(SCENE)
    try:
        with Stage(load_script(script)) as stage:
            write_film(stage, film, lambda: None)
    except (ModelError, StageError) as error:
        pytest.skip(str(error))
    return film
