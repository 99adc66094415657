"""Episodes: something begins in a pair or in the room, goes on, ends.

One id through start, updates and end. The measures' evidence decides when one begins and ends; start and end
are times of behaviour, earlier than the messages that report them. Works on what the door let through and so
cannot know more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from edge.plain import Json

Subject = tuple[int, ...]
Span = tuple[float, float]
_UPDATE_S = 10.0  # how often an episode under way is published again


@dataclass(slots=True)
class _Episode:
    """One episode under way."""

    name: str
    span_s: Span
    published_s: float
    body: Json


class Episodes:
    """Turns what is under way at every hop into events."""

    def __init__(self) -> None:
        self._running: dict[Subject, _Episode] = {}
        self._count = 0

    def update(
        self, t_s: float, subjects: Mapping[Subject, Json], spans: Mapping[Subject, Span]
    ) -> list[Json]:
        """Take what may be said by subject (pair, or `()` for the room), and from when to when it was seen.

        An episode starts with the first `above`; it ends when nothing is under way or the subject is gone.
        """
        events = []
        for key in [*self._running, *(key for key in subjects if key not in self._running)]:
            body, span_s = subjects.get(key), spans.get(key)
            kind = self._step(key, t_s, body, None if body is None else span_s)
            if kind is not None:
                events.append(_event(kind, self._running[key], t_s))
            if kind == "end":
                del self._running[key]
        return events

    def wipe(self) -> None:
        """Drop everything (mute)."""
        self._running.clear()

    def _step(
        self, key: Subject, t_s: float, body: Json | None, span_s: Span | None
    ) -> Literal["start", "update", "end"] | None:
        """Lead one subject on."""
        episode = self._running.get(key)
        above = body is not None and body["state"] == "above"
        if episode is None:
            if not above or span_s is None or body is None:
                return None
            self._count += 1
            self._running[key] = _Episode(f"{self._count:06d}", span_s, t_s, body)
            return "start"
        if span_s is None:
            return "end"
        episode.span_s = (episode.span_s[0], span_s[1])
        if above and body is not None:
            episode.body = body
        if t_s - episode.published_s < _UPDATE_S:
            return None
        episode.published_s = t_s
        return "update"


def _event(kind: str, episode: _Episode, t_s: float) -> Json:
    head = {
        "type": kind,
        "id": episode.name,
        "t_s": round(t_s, 3),
        "start_s": round(episode.span_s[0], 3),
        "end_s": round(episode.span_s[1], 3) if kind == "end" else None,
    }
    return head | episode.body
