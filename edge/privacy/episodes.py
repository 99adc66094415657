"""Episodes: a pair, or the room, leaves chance level, stays away from it, comes back.

One id through start, updates and end. Works on what the door let through and so cannot know more.
"""

from dataclasses import dataclass, field

from edge.plain import Json

_UPDATE_S = 10.0  # how often an episode under way is published again
_CONFIRM_N = 3  # hops in the same state before an episode starts or ends


@dataclass(slots=True)
class _Episode:
    """One subject's way through `above` and back."""

    streak: int = 0
    open: bool = False
    start_s: float = 0.0
    told_s: float = 0.0
    body: Json = field(default_factory=dict)

    def step(self, body: Json, t_s: float) -> str | None:
        """Take the state of one hop; return `start`, `update`, `end` or None."""
        above = body["state"] == "above"
        self.streak = self.streak + 1 if above != self.open else 0
        if above:
            self.body = body
        if self.streak >= _CONFIRM_N:
            self.open, self.streak, self.told_s = above, 0, t_s
            self.start_s = t_s if above else self.start_s
            return "start" if above else "end"
        if self.open and t_s - self.told_s >= _UPDATE_S:
            self.told_s = t_s
            return "update"
        return None


class Episodes:
    """Turns the states of every hop into events."""

    def __init__(self) -> None:
        self._running: dict[tuple[int, ...], _Episode] = {}
        self._count = 0
        self._names: dict[tuple[int, ...], str] = {}

    def update(self, t_s: float, subjects: dict[tuple[int, ...], Json]) -> list[Json]:
        """Take the states by subject (pair, or `()` for the room); return the events of this hop."""
        gone = {key: {"state": "insufficient"} for key in self._running if key not in subjects}
        events = []
        for key, body in (subjects | gone).items():
            episode = self._running.setdefault(key, _Episode())
            kind = episode.step(body, t_s)
            if kind == "start":
                self._count += 1
                self._names[key] = f"{self._count:06d}"
            if kind is not None:
                events.append(self._event(kind, key, episode, t_s))
            if key in gone and not episode.open:
                del self._running[key]
        return events

    def wipe(self) -> None:
        """Drop everything (mute)."""
        self._running.clear()
        self._names.clear()

    def _event(self, kind: str, key: tuple[int, ...], episode: _Episode, t_s: float) -> Json:
        head = {
            "type": kind,
            "id": self._names[key],
            "t_s": round(t_s, 3),
            "start_s": round(episode.start_s, 3),
        }
        return head | {"end_s": round(t_s, 3) if kind == "end" else None} | episode.body
