"""The classes of the TFLite schema, imported whole.

The generated module has an `except:` around an import at each of its 150 classes. An interrupt that came just
then would be swallowed and the command go on: signals wait until the import is over.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def undisturbed() -> Iterator[None]:
    """Keep SIGINT and SIGTERM until the end; only the main thread gets any."""
    came: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handlers = {
        number: signal.signal(number, lambda one, _: came.append(one))
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler or signal.SIG_DFL)
        for first in came[:1]:
            signal.raise_signal(first)


with undisturbed():
    from ai_edge_litert import schema_py_generated as schema

__all__ = ["schema", "undisturbed"]
