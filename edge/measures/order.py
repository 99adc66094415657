"""Who of two people moves first: every two smiles near one another, weighed by how timely the later is."""

import numpy as np

from edge.arrays import Floats, Times
from edge.measures.context import Context
from edge.measures.findings import Subject
from edge.measures.response_timeliness import LAST_NS, kappa


def order(context: Context, pair: Subject, start_ns: int, end_ns: int) -> tuple[Times, Floats]:
    """Return the later onset of every two smiles within 4 s, ns, and its weight, > 0: the first moved first.

    Only those whose later onset lies after `start_ns` and up to `end_ns`.
    """
    channel = [context.tick.channels[context.roles.smile]]
    a, b = (context.onsets.of(person, channel, brief=None) for person in pair)
    delay = b[None, :] - a[:, None]
    later = np.maximum(a[:, None], b[None, :])
    near = (np.abs(delay) <= LAST_NS) & (later > start_ns) & (later <= end_ns)
    return later[near], np.sign(delay[near]) * kappa(np.abs(delay[near]))
