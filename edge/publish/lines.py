"""JSON lines: one object a line, `type` first; into a stream, or into a file that appears by rename."""

from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from edge.publish.encode import Json, encode
from edge.records import Message

_TYPE = {
    "summary": "room",
    "movement": "event",
    "coupling": "coupling",
    "measure": "measure",
}


class Lines:
    """Writes messages of the privacy room and other objects as lines; a context manager.

    With a path the lines go to a temporary neighbour that takes the name when all is written; after an error
    the name stays free.
    """

    def __init__(self, out: Path | TextIO) -> None:
        self._path = out if isinstance(out, Path) else None
        self._part = self._path.with_name(self._path.name + ".part") if self._path else None
        self._stream: TextIO = self._part.open("w", encoding="utf-8") if self._part else out  # type: ignore[assignment]

    def write(self, kind: str, body: Json) -> None:
        """Write one object; a number that is not finite becomes null."""
        self._stream.write(encode({"type": kind} | body).decode() + "\n")

    def publish(self, message: Message) -> None:
        """Write one message of the privacy room; `live` and episodes are for the hub and have no line."""
        if message.kind in _TYPE:
            self.write(_TYPE[message.kind], message.body | _whom(message.body.get("subject")))

    def close(self) -> None:
        """Finish: the file takes its name; a stream that is not ours is flushed only."""
        self._stream.flush()
        if self._part is not None and self._path is not None and not self._stream.closed:
            self._stream.close()
            self._part.replace(self._path)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Finish, or take the half-written file away after an error."""
        if kind is None:
            self.close()
        elif self._part is not None:
            self._stream.close()
            self._part.unlink(missing_ok=True)


def _whom(subject: object) -> Json:
    """Name the subject of a measure as what it is: a pair, a person or the room."""
    if not isinstance(subject, list):
        return {}
    if not subject:
        return {"room": True}
    return {"person": subject[0]} if len(subject) == 1 else {"pair": subject}
