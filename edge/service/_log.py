"""Lines for the journal: native priorities, state changes, and repeated trouble as a count."""

import faulthandler
import logging
import os
import re
import sys
from collections.abc import Mapping
from typing import TextIO

REPEAT_S = 60.0
"""Seconds in which one message from one place is written once; the next one carries the count held back."""
_MOST = 256  # messages in one minute, before old ones are forgotten
_PLACEHOLDER = re.compile(r"%[-#0 +\d.]*[a-zA-Z]")
_PRIORITY = {logging.DEBUG: 7, logging.INFO: 6, logging.WARNING: 4, logging.ERROR: 3, logging.CRITICAL: 2}


def set_up_logging(level: str, stream: TextIO | None = None, environ: Mapping[str, str] = os.environ) -> None:
    """Send every log line to stderr, with `<N>` priorities under systemd; dump all stacks on a crash signal.

    Also the service's answer to the watchdog's SIGABRT: the stack of every thread goes to the journal.
    Calling it again only replaces what it set up, so a reload may change the level.
    """
    stream = sys.stderr if stream is None else stream
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_Lines(journal="JOURNAL_STREAM" in environ))
    handler.addFilter(Repeats())
    logging.basicConfig(level=getattr(logging, level.upper()), handlers=[handler], force=True)
    logging.raiseExceptions = False
    if stream is sys.stderr and not faulthandler.is_enabled():
        faulthandler.enable(stream)


class Repeats(logging.Filter):
    """Lets a message through once in `REPEAT_S`, then adds how often it was held back."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: dict[tuple[str, str, int], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Decide by the message before its arguments, if it has words; the record's own time is the clock."""
        key = (record.name, _template(record), record.levelno)
        since_s, held = self._seen.get(key, (float("-inf"), 0))
        # A wall clock that jumped back must not silence a message for long.
        if 0 <= record.created - since_s < REPEAT_S:
            self._seen[key] = (since_s, held + 1)
            return False
        if len(self._seen) >= _MOST:
            self._seen = {
                one: seen for one, seen in self._seen.items() if record.created - seen[0] < REPEAT_S
            }
        self._seen[key] = (record.created, 0)
        if held:
            record.msg = f"{record.msg} (and {held} times before)"
        return True


def _template(record: logging.LogRecord) -> str:
    """Return the message before its arguments; after them where it is nothing without them, such as `%s`."""
    message = str(record.msg)
    return message if re.search(r"\w", _PLACEHOLDER.sub("", message)) else record.getMessage()


class _Lines(logging.Formatter):
    """One line a record: a priority the journal understands, the module, the message."""

    def __init__(self, *, journal: bool) -> None:
        super().__init__("%(message)s")
        self._journal = journal

    def format(self, record: logging.LogRecord) -> str:
        """Prefix every line, so that a traceback keeps its priority."""
        level = record.levelno // 10 * 10
        prefix = f"<{_PRIORITY.get(level, 6)}>" if self._journal else f"{record.levelname.lower()}: "
        room = record.name.removeprefix("edge.").split(".")[0]
        return "\n".join(f"{prefix}{room}: {line}" for line in super().format(record).splitlines() or [""])
