"""The sections of the validation and how they share the cores."""

import multiprocessing
import os
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial

from tests.validate import (
    alive,
    apart,
    beside_r,
    conversation,
    cost,
    day,
    endings,
    enough,
    every_answer,
    every_look,
    false_positives,
    fresh,
    group,
    heads,
    index,
    invariance,
    jokes,
    leads,
    one_look,
    oracles,
    pixels,
    planted,
    power,
    python,
    readme_scene,
    second_camera,
    signals,
    strangers,
    turned,
    two_cameras,
    workplace,
)

SPREAD = {
    "false-positives": false_positives,
    "power": power,
    "group": group,
    "strangers": strangers,
    "one-look": one_look,
    "every-look": every_look,
    "every-answer": every_answer,
    "planted": planted,
    "endings": endings,
    "heads": heads,
    "leads": leads,
    "workplace": workplace,
    "readme-scene": readme_scene,
    "jokes": jokes,
    "index": index,
    "invariance": invariance,
}
ONE_CORE = {
    "pixels": pixels,
    "day": day,
    "conversation": conversation,
    "signals-turned": turned,
    "enough": enough,
    "alive": alive,
    "apart": apart,
    "two-cameras": two_cameras,
    "python": python,
    **signals.SECTIONS,
    "peers": fresh,
    "oracles": oracles,
    "beside-r": beside_r,
    "cost": cost,
    "second-camera": second_camera,
}
"""Longest first."""
SECTIONS = SPREAD | ONE_CORE
COUNTED = {
    "one-look",
    "every-look",
    "every-answer",
    "planted",
    "endings",
    "heads",
    "workplace",
    "readme-scene",
    "index",
    "jokes",
}
"""Sections that run as many meetings as asked for."""
NEED_DATA = {"oracles", "false-positives", "beside-r", "signals-real", "conversation", "alive", "enough"}


def section(name, short, meetings=None):
    """Return the text of one section and the seconds it took."""
    start_s = time.monotonic()
    count = {} if meetings is None else {"meetings": meetings}
    body = "\n".join(SECTIONS[name].report(short=short, **count))
    return body, time.monotonic() - start_s


def sections(names, short, meetings=None):
    """Yield (name, what makes its text and seconds) as they are done."""
    for name in filter(names.__contains__, SPREAD):
        yield name, partial(section, name, short, meetings)
    spawned = multiprocessing.get_context("spawn")  # the memory of a day is its own
    with ProcessPoolExecutor(os.cpu_count(), spawned, max_tasks_per_child=1) as pool:
        asked = {pool.submit(section, name, short): name for name in ONE_CORE if name in names}
        for future in as_completed(asked):
            yield asked[future], future.result
