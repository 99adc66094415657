"""Where the room's index lies in meetings of people who have nothing to do with each other: .5 is chance.

The contexts of `one-look` that ask for it, in more meetings, with the one measure that the index is made of.
"""

from functools import partial

import numpy as np

from tests.validate.drive import on_grid
from tests.validate.gatherings import CHANNELS, Gathering, meet
from tests.validate.one_look import CONTEXTS, INDEX, Z
from tests.validate.spread import spread
from tests.validate.tables import number, table

MEETINGS = 400


def placed(seed, settings):
    """Return the index of one meeting; NaN where it is not measurable."""
    measures = on_grid(meet(Gathering(seed=seed, **settings)), CHANNELS, enabled=("expression_synchrony",))
    value = next(one.value for one in measures if one.name == "mimicry_index")
    return np.nan if value is None else value


def report(*, short=False, meetings=None):
    """One row a context."""
    runs = meetings or (2 if short else MEETINGS)
    found = {name: spread(partial(placed, settings=CONTEXTS[name]), range(runs)) for name in INDEX}
    return [written(found)]


def written(found):
    """Return the table of what was found, {context: indices}."""
    rows, missed = [], []
    for name, values in found.items():
        known = np.array(values)[np.isfinite(values)]
        mean, error = known.mean(), known.std() / len(known) ** 0.5
        rows.append((name, len(values), f"{mean:.3f} +- {error:.3f}", number(INDEX[name], 2)))
        if abs(mean - 0.5) > INDEX[name] + Z * error:
            missed.append(f"{name}: index {mean:.3f}")
    note = f"""Four people, ten minutes, nobody coupled, `expression_synchrony` alone; with its standard
error. The last column is how far it may lie from .5. Seeds 0 to {max(map(len, found.values())) - 1}."""
    header = ("context", "meetings", "index", "from .5 at most")
    return table("The room's index without coupling", header, rows, note, missed)
