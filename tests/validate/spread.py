"""Many runs over all cores that this process may use."""

import os
from concurrent.futures import ProcessPoolExecutor


def spread(function, items):
    """Apply a module-level function to every item, results in order; one process a core."""
    items = list(items)
    with ProcessPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        return list(pool.map(function, items))
