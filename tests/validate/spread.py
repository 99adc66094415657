"""Many runs over all cores."""

import os
from concurrent.futures import ProcessPoolExecutor


def spread(function, items):
    """Apply a module-level function to every item, results in order; one process a core."""
    items = list(items)
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(function, items))
