"""What a second camera costs beside a second device: processor seconds of the engine for the same pictures.

Three people a side, as in `two-cameras`. One engine sees both cameras, two others see one each, as two
devices would. What a device needs besides (its process, its hub) is left out, to the second device's favour.
"""

import time
from dataclasses import replace

from edge.config import Config
from edge.config.sections import PrivacySection
from edge.pipeline.engine import Engine
from tests.validate import two_cameras
from tests.validate.tables import table

SECONDS = 60.0
LIMIT = 1.1  # of a second device


def spent_s(seconds):
    """Processor seconds of the engine with both cameras, and of those with the left and the right one."""
    config = Config(privacy=PrivacySection(profile="research"))
    both = Engine(config, seed=1, cameras=(config.camera,) * 2)
    alone = (Engine(config, seed=1), Engine(config, seed=1))
    spent = [0.0, 0.0, 0.0]
    for frame in two_cameras.frames(two_cameras.script(seconds)):
        for place, engine, seen in (
            (0, both, frame),
            (1 + frame.view, alone[frame.view], replace(frame, view=0)),
        ):
            begun_s = time.process_time()
            engine.update(seen)
            spent[place] += time.process_time() - begun_s
    return spent


def report(*, short=False):
    """Return the table."""
    seconds = 10.0 if short else SECONDS
    both, left, right = spent_s(seconds)
    second = both - left
    rows = [
        ("one device, the left camera", f"{100 * left / seconds:.0f} %"),
        ("one device, the right camera", f"{100 * right / seconds:.0f} %"),
        ("one device, both cameras", f"{100 * both / seconds:.0f} %"),
        ("the second camera over the second device", f"{second / right:.2f}"),
    ]
    missed = [f"the second camera costs more than {LIMIT} devices"] if second > LIMIT * right else []
    note = f"{seconds:.0f} s, 15 pictures a second and three people each; processor time over time of film."
    return [table("Cost of a second camera", ("engine", "share of one core"), rows, note, missed)]
