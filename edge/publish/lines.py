"""JSON lines: one object a line, `type` first, into a stream."""

from types import TracebackType
from typing import Self, TextIO

from edge.plain import Json, whom
from edge.publish.encode import encode
from edge.records import Message

_TYPE = {
    "summary": "room",
    "movement": "event",
    "coupling": "coupling",
    "measure": "measure",
}


class Lines:
    """Writes messages of `privacy` and other objects; a context manager that flushes at its end."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, kind: str, body: Json) -> None:
        """Write one object; a number that is not finite becomes null."""
        self._stream.write(encode({"type": kind} | body).decode() + "\n")

    def publish(self, message: Message) -> None:
        """Write one message of `privacy`; `live` and episodes are for the hub and have no line."""
        if message.kind in _TYPE:
            self.write(_TYPE[message.kind], message.body | _whom(message.body))

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Flush, unless an error is under way."""
        if kind is None:
            self._stream.flush()


def _whom(body: Json) -> Json:
    return whom(body["subject"]) if "subject" in body else {}
