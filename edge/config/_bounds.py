"""What a configuration field may hold, declared beside the field: `Annotated[int, Range(1, 65535)]`."""

import re
from dataclasses import dataclass

from edge.topic import DEVICE, LEVEL, LEVELS, NAMED


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers from `low` to `high`, both allowed."""

    low: float
    high: float

    def __contains__(self, value: float) -> bool:
        """Whether the number lies inside; NaN does not."""
        return self.low <= value <= self.high

    def __str__(self) -> str:
        return f"{self.low:.15g}..{self.high:.15g}"


@dataclass(frozen=True, slots=True)
class Text:
    """Text that matches `pattern` as a whole; `meaning` is how an error names it."""

    pattern: str
    meaning: str

    def __contains__(self, value: str) -> bool:
        """Whether the whole text matches."""
        return re.fullmatch(self.pattern, value) is not None

    def __str__(self) -> str:
        return self.meaning


@dataclass(frozen=True, slots=True)
class Live:
    """The field takes effect on reload, without a restart."""


_HOST_LABEL = r"[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?"
_HOST_NAME = rf"(?=.{{1,253}}$){_HOST_LABEL}(\.{_HOST_LABEL})*\.?"
_IPV6 = r"(?=[^:]*:[^:]*:)[0-9A-Fa-f:.]{2,45}(%[A-Za-z0-9_.-]{1,15})?"
LIVE = Live()
ANY_TEXT = Text(r"[^\x00-\x08\x0a-\x1f]{0,4096}", "text on one line, at most 4096 characters")
PATH = Text(r"[^\x00-\x1f]{0,1024}", "a path")
ABSOLUTE = Text(r"/[^\x00-\x1f]{0,1023}", "an absolute path")
DEVICE_FILE = Text(r"/dev/[A-Za-z0-9_./:@+-]{1,200}", "a device below /dev")
SITE_LEVEL = Text(LEVEL, "1..64 letters, digits, ., - or _, beginning with a letter or digit")
DEVICE_OR_EMPTY = Text(rf"({DEVICE})?", "0..64 letters, digits, - or _, beginning with a letter or digit")
WORD = Text(r"[A-Za-z][A-Za-z0-9_.-]{0,63}", "a word")
CHANNEL = Text(r"[A-Za-z][A-Za-z0-9_.-]{0,63}", "a channel")
TOPIC_NAMED = Text(NAMED, "one to eight levels joined by /, each of 1..64 letters, digits, ., - or _")
WEB = Text(r"(https?://[^\s\x00-\x1f]{1,1000})?", "an address with http:// or https://, or nothing")
TOPIC = Text(LEVELS, "at most eight levels joined by /, each of 1..64 letters, digits, ., - or _")
WEB_PATH = Text(r"/[!-~]{0,255}", "a path such as /mqtt")
HOST = Text(rf"({_HOST_NAME}|{_IPV6})?", "a host name or an address, without a port")
