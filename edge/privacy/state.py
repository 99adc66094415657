"""Whether the device is muted: the OR of every source, kept over power cuts, closed on every failure.

Muting takes effect in memory first and on the disk next; un-muting the other way round. Time is data: `now_s`
is UTC, `mono_s` any monotonic clock; a step of UTC moves deadlines with it, so no clock jump lifts a mute.
"""

import logging
import threading
from dataclasses import replace
from pathlib import Path

from edge.config.sections import PrivacySection
from edge.errors import PrivacyError
from edge.plain import Json
from edge.privacy.file import Booking, Facts, load, save
from edge.records import Command

_log = logging.getLogger(__name__)

SOURCES = ("local", "remote", "room", "booking", "hub", "policy")
_STEP_S = 5.0  # a wall clock that moved this much against the monotonic one was set


class PrivacyState:
    """The state machine. Safe to use from several threads; `muted` may be read at any time."""

    def __init__(self, section: PrivacySection, state_dir: Path, now_s: float) -> None:
        self._section, self._folder = section, state_dir
        self._lock = threading.RLock()
        self._clocks: tuple[float, float] | None = None
        self._now_s = now_s
        self._hub_lost = section.on_hub_lost == "mute"
        self._facts = self._restore()
        self._saved: Facts | None = None
        self.muted = any(self._sources(self._facts, now_s).values())

    def handle(self, command: Command, now_s: float) -> bool:
        """Take a request of the building; return whether the effective state changed.

        PrivacyError: it could not be made durable; a mute is in force all the same, an un-mute is not.
        """
        with self._lock:
            facts = _asked(self._facts, command)
            return facts is not None and self._change(now_s, _reverted(facts, now_s))

    def set_local(self, now_s: float, *, on: bool) -> bool:
        """Take the button on the device; return whether the effective state changed."""
        with self._lock:
            return self._change(now_s, replace(self._facts, local=on))

    def tick(
        self, now_s: float, mono_s: float, *, hub_connected: bool = True, hub_deaf: bool = False
    ) -> bool:
        """Let time pass; return whether the effective state changed. Call it about once a second."""
        with self._lock:
            lost = self._section.on_hub_lost == "mute" and not hub_connected
            self._hub_lost = lost or (self._section.on_deaf == "mute" and hub_deaf)
            facts = _reverted(_shifted(self._facts, self._step_s(now_s, mono_s)), now_s)
            try:
                return self._change(now_s, facts)
            except PrivacyError as error:
                _log.warning("%s", error)
                return False

    def sources(self) -> dict[str, bool]:
        """Return which sources ask for mute now."""
        return self._sources(self._facts, self._now_s)

    @property
    def consent(self) -> bool:
        """Whether a booking with consent is in force."""
        return _in_force(self._facts.booking, self._now_s) and self._facts.booking.consent

    def payload(self) -> Json:
        """Return the content of `privacy/state`."""
        with self._lock:
            return {
                "state": "ON" if self.muted else "OFF",
                "sources": self.sources(),
                "by": self._facts.remote_by,
                "until_s": self._facts.remote_until_s,
                "since_s": self._facts.since_s,
                "profile": self._section.profile,
                "consent": self.consent,
            }

    def _restore(self) -> Facts:
        try:
            facts = load(self._folder)
        except PrivacyError as error:
            _log.warning("%s; muted until the button on the device says otherwise", error)
            return Facts(local=True, remote=True, remote_by="damaged state")
        return facts or Facts(remote=self._section.default_at_boot == "on", remote_by="default_at_boot")

    def _sources(self, facts: Facts, now_s: float) -> dict[str, bool]:
        booked, consent = _in_force(facts.booking, now_s), facts.booking.consent
        return {
            "local": facts.local,
            "remote": facts.remote,
            "room": facts.room,
            "booking": booked and not consent,
            "hub": self._hub_lost,
            "policy": self._section.require_booking and not (booked and consent),
        }

    def _change(self, now_s: float, facts: Facts) -> bool:
        """Take new facts: a mute counts before it is saved, an un-mute only after."""
        was = self.muted
        mute = any(self._sources(facts, now_s).values())
        if mute != was:
            facts = replace(facts, since_s=now_s)
        if mute:
            self._facts, self._now_s, self.muted = facts, now_s, True
        if facts != self._saved:
            save(self._folder, facts)
            self._saved = facts
        self._facts, self._now_s, self.muted = facts, now_s, mute
        if mute != was:
            asked = [name for name, on in self._sources(facts, now_s).items() if on]
            _log.info("privacy %s, asked by: %s", "on" if mute else "off", ", ".join(asked) or "nobody")
        return mute != was

    def _step_s(self, now_s: float, mono_s: float) -> float:
        """Return by how much the wall clock was set since the last tick."""
        before, self._clocks = self._clocks, (now_s, mono_s)
        step_s = 0.0 if before is None else (now_s - before[0]) - (mono_s - before[1])
        return step_s if abs(step_s) > _STEP_S else 0.0


def _asked(facts: Facts, command: Command) -> Facts | None:
    """Return the facts with what the building asks for; None where it has nothing to ask."""
    body = command.body
    if command.kind == "privacy" and not command.retained:
        until_s = _until_s(body, facts.remote, facts.remote_until_s)
        return replace(facts, remote=body["on"], remote_by=body["by"], remote_until_s=until_s)
    if command.kind == "room_privacy":
        until_s = _until_s(body, facts.room, facts.room_until_s)
        return replace(facts, room=body["on"], room_until_s=until_s)
    return replace(facts, booking=Booking(**body)) if command.kind == "booking" else None


def _until_s(body: Json, muted: bool, until_s: float | None) -> float | None:  # noqa: FBT001
    """Return the end of a request; a mute that has an end does not give one to a mute that has none."""
    endless = body["on"] and muted and until_s is None
    return None if endless else body["until_s"]


def _in_force(booking: Booking, now_s: float) -> bool:
    return booking.start_s <= now_s < booking.end_s


def _shifted(facts: Facts, step_s: float) -> Facts:
    """Return the facts with their deadlines moved by a step of the wall clock."""
    if not step_s:
        return facts
    return replace(
        facts,
        remote_until_s=_moved(facts.remote_until_s, step_s, muted=facts.remote),
        room_until_s=_moved(facts.room_until_s, step_s, muted=facts.room),
    )


def _moved(until_s: float | None, step_s: float, *, muted: bool) -> float | None:
    """Return a deadline after a step: a mute keeps its length, an un-mute gets no longer."""
    return None if until_s is None else until_s + (step_s if muted else min(step_s, 0.0))


def _reverted(facts: Facts, now_s: float) -> Facts:
    """Return the facts after every deadline that has passed."""
    if facts.remote_until_s is not None and now_s >= facts.remote_until_s:
        facts = replace(facts, remote=not facts.remote, remote_by="expiry", remote_until_s=None)
    if facts.room_until_s is not None and now_s >= facts.room_until_s:
        facts = replace(facts, room=not facts.room, room_until_s=None)
    return facts
