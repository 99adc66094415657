"""What a screen knows of a device: the last payloads, the recent signals, the recent happenings.

In: `update(kind, body, now_s)` with the kinds of `edge.hub`. Fields read, all optional, unknown ones ignored:

- `live`: `t_s`, `time`, `profile`, `count`, `fps`, `stage_ms` {stage: ms}, the room's `index`,
  `null` {mu, sd}, `p`, `n`, `coverage`, `state`, and where the profile opens the level
  `people` [{`id`, `signals` {channel: sd or null}, `yaw_deg`, `canthus_px`}],
  `pairs` [{`pair` [i, j], `lag_s` (positive: i first), `r`, `z`, `value`, `null`, `p`, `state`}],
  `movements` [{`person`, `channel`, `onset_s`, `offset_s`, `brief`}]
- `event`: `type`, `tracks`, `leader`, `lag_ms`, `state`, `p`, `time`
- `summary`: `t_s`, `seen` [{`id`, `seconds`, `missing`}], `missing` {reason: share},
  `pairs` as in `live`, `lag_profiles` [{`pair`, `first_s`, `step_s`, `z` [by lag], `mu`, `sd`}]
- `health`: `mode`, `camera`, `spool`, `sys`; `privacy`: `state`, `sources`; `availability`: `state`
"""

from collections import deque
from dataclasses import dataclass, field

from edge.plain import Json
from edge.view.safe import UNREADABLE, safe
from edge.view.words import MOVEMENTS, clock, happening

KEEP_S = 120.0  # signals remembered: the widest screen shows less
KEEP_HAPPENINGS = 200
QUIET_S = 5.0  # without a word for this long the reason is shown
NOBODY = "no device is heard: are site, topic prefix and device right, and may the user read them?"
SMILE, BROW = ("AU12",), ("AU01", "AU02")


@dataclass(frozen=True, slots=True)
class Sample:
    """Signals of one person at one moment; None where not measurable."""

    t_s: float
    smile: float | None
    brow: float | None


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the ticker."""

    when: str
    mark: str
    """One of `+ - > ~ !`: came, left, pair, movement, trouble."""
    words: str
    time: str = ""
    """UTC as published; empty where the payload has none."""


@dataclass(slots=True)
class DeviceView:
    """State of a screen. Holds no clock: `now_s` is handed in, monotonic seconds."""

    device: str = ""
    live: Json = field(default_factory=dict)
    health: Json = field(default_factory=dict)
    privacy: Json = field(default_factory=dict)
    summary: Json = field(default_factory=dict)
    availability: str = ""
    trouble: str = ""
    """Why nothing comes from the hub; empty while it does."""
    since_s: float | None = None
    """When the hub was first looked at."""
    live_at_s: float | None = None
    samples: dict[int, deque[Sample]] = field(default_factory=dict)
    since: dict[int, float] = field(default_factory=dict)
    """When each person was first known, on the clock of `t_s`."""
    happenings: deque[Happening] = field(default_factory=lambda: deque(maxlen=KEEP_HAPPENINGS))
    heard: int = 0
    """Payloads taken so far."""
    told: int = 0
    """Happenings noted so far."""
    episodes: set[str] = field(default_factory=set)
    """Episodes under way that the ticker has shown."""

    def update(self, kind: str, body: Json, now_s: float) -> None:
        """Take one payload; after one that breaks the contract live values begin again."""
        take = {
            "live": self._take_live,
            "event": self._take_event,
            "health": self._take_health,
            "summary": self._take_summary,
            "privacy": self._take_privacy,
            "availability": self._take_availability,
        }.get(kind)
        if take is not None:
            self.heard += 1
            try:
                take(safe(body), now_s)
            except UNREADABLE:
                self.live, self.summary = {}, {}
                self._note("!", "a message that cannot be read")

    def look_at(self, trouble: str, now_s: float) -> None:
        """Take what the hub says of its own trouble; a long silence is one too."""
        self.since_s = now_s if self.since_s is None else self.since_s
        silent = self.heard == 0 and now_s - self.since_s >= QUIET_S
        self.trouble = trouble or (NOBODY if silent else "")

    @property
    def muted(self) -> bool:
        """Whether the device reports that it is muted."""
        return self.privacy.get("state") == "ON"

    @property
    def people(self) -> list[Json]:
        """People of the last live payload, by number."""
        return sorted(self.live.get("people") or [], key=lambda one: one["id"])

    @property
    def count(self) -> int:
        """Number of people present."""
        return int(self.live.get("count", len(self.live.get("people") or [])) or 0)

    def age_s(self, now_s: float) -> float | None:
        """Time since the last live payload; None before the first."""
        return None if self.live_at_s is None else now_s - self.live_at_s

    def _take_live(self, body: Json, now_s: float) -> None:
        before = {one["id"] for one in self.people}, self.count
        self.live, self.live_at_s = body, now_s
        t_s = float(body.get("t_s") or 0.0)
        for one in self.people:
            self.since.setdefault(one["id"], t_s - _known_s(self.summary, one["id"], t_s))
            history = self.samples.setdefault(one["id"], deque())
            if history and t_s < history[-1].t_s:
                history.clear()  # the recording began again
                self.since[one["id"]] = t_s
            signals = one.get("signals") or {}
            history.append(Sample(t_s, _mean(signals, SMILE), _mean(signals, BROW)))
            while t_s - history[0].t_s > KEEP_S:
                history.popleft()
        for person in [one for one, history in self.samples.items() if t_s - history[-1].t_s > KEEP_S]:
            del self.samples[person], self.since[person]
        self._note_people(*before)
        for movement in body.get("movements") or []:
            if movement.get("channel") in MOVEMENTS:
                self._note("~", happening(movement))

    def _note_people(self, before: set[int], count_before: int) -> None:
        """Report who came and who left, by number where numbers are shown."""
        now, count = {one["id"] for one in self.people}, self.count
        if "people" in self.live:
            for person in sorted(now - before):
                self._note("+", f"{person} came")
            for person in sorted(before - now):
                self._note("-", f"{person} left")
        elif count != count_before:
            self._note("+" if count > count_before else "-", f"{count} people")

    def _take_event(self, body: Json, _now_s: float) -> None:
        name = str(body.get("id"))
        if len(self.episodes) > KEEP_HAPPENINGS:
            self.episodes = set()  # their ends never came: the device was started again
        if body.get("type") != "update" or name not in self.episodes:
            self._note(">", happening(body), body)
        self.episodes = self.episodes - {name} if body.get("type") == "end" else self.episodes | {name}

    def _take_health(self, body: Json, _now_s: float) -> None:
        before = ((self.health.get("camera") or {}).get("state"), self.health.get("mode"))
        self.health = body
        camera, mode = (body.get("camera") or {}).get("state"), body.get("mode")
        if before[0] not in {None, camera}:
            self._note("+" if camera == "ok" else "!", f"camera {camera}", body)
        if before[1] not in {None, mode}:
            self._note("!", f"mode {mode}", body)

    def _take_summary(self, body: Json, _now_s: float) -> None:
        self.summary = body
        for person, first_s in self.since.items():
            t_s = float(body.get("t_s") or 0.0)
            self.since[person] = min(first_s, t_s - _known_s(body, person, t_s))

    def _take_privacy(self, body: Json, _now_s: float) -> None:
        before, self.privacy = self.privacy, body
        if self.muted:
            self.live = {}
            self.samples.clear()
            self.since.clear()
            self.summary = {}
            self.happenings.clear()
        if before and body.get("state") != before.get("state"):
            self._note("!", "muted" if self.muted else "measuring again", body)

    def _take_availability(self, body: Json, _now_s: float) -> None:
        state = str(body.get("state", ""))
        if self.availability not in {"", state}:
            self._note("!", f"device {state}")
        self.availability = state

    def _note(self, mark: str, words: str, body: Json | None = None) -> None:
        self.told += 1
        source = body or self.live
        self.happenings.append(Happening(clock(source), mark, words, str(source.get("time") or "")))


def _known_s(summary: Json, person: int, t_s: float) -> float:
    """Return for how long a person has been known at `t_s` by a summary; 0 where it does not hold them."""
    ages_s = [one.get("seconds") or 0.0 for one in summary.get("seen") or [] if one["id"] == person]
    since_s = t_s - float(summary.get("t_s") or 0.0)
    return max(0.0, ages_s[0] + since_s) if ages_s and 0.0 <= since_s < KEEP_S else 0.0


def _mean(signals: Json, channels: tuple[str, ...]) -> float | None:
    """Mean of the channels that are measurable."""
    values = [signals[name] for name in channels if signals.get(name) is not None]
    return sum(values) / len(values) if values else None
