"""Every byte that leaves in ten minutes of a meeting, against the schemas and against what may be said."""

import threading
import time

import numpy as np
import pytest

from edge.config.sections import PrivacySection
from edge.privacy import Door, PrivacyState
from edge.publish import Publisher
from edge.publish.delivery.pace import Pace
from edge.records import Command
from tests.publish import contract
from tests.publish.broker import Broker, Listener, until
from tests.publish.conftest import section
from tests.publish.scene import report
from tests.publish.wire import Tap

MEASURES = {"mimicry/live", "mimicry/event", "mimicry/summary"}
SPEED = 100


class FastClock:
    """A clock that runs a hundred times too fast."""

    def __init__(self):
        self._start_ns, self._wall_ns = time.monotonic_ns(), time.time_ns()

    def mono_ns(self):
        """Return monotonic time since the start, sped up."""
        return (time.monotonic_ns() - self._start_ns) * SPEED

    def wall_ns(self):
        """Return UTC, sped up."""
        return self._wall_ns + self.mono_ns()

    def synced(self):
        """Return that it is right."""
        return True


def _meeting(tmp_path, profile, seconds, *, consent=False):
    """Hold a meeting of four through door, publisher and broker; return every packet the device sent."""
    with Broker(tmp_path / "broker") as broker, Tap(broker.port) as tap, Listener(broker.port) as listener:
        rules = PrivacySection(profile=profile)
        privacy = PrivacyState(rules, tmp_path / "state", 1e9)
        door = Door(rules, muted=lambda: privacy.muted, consent=lambda: privacy.consent)
        clock, rest = FastClock(), threading.Event()
        publisher = Publisher(
            section(tap.port, keepalive_s=600),
            tmp_path / "state",
            muted=False,
            profile=profile,
            clock=clock,
            pace=Pace(probe_s=30.0, patience_s=6.0 * SPEED),
        )
        publisher.start()
        until(lambda: publisher.connected)
        publisher.publish_privacy(privacy.payload())
        if consent:
            booking = {"id": "m", "start_s": 0.0, "end_s": 2e9, "consent": True}
            privacy.handle(Command(kind="booking", body=booking), 1e9)
        rng = np.random.default_rng(6)
        for second in range(seconds):
            rest.wait(max(0.0, (second * 1e9 - clock.mono_ns()) / SPEED / 1e9))
            people = [11, 22, 33, 44] if second % 200 < 180 else [11, 22]
            for message in door.filter(report(rng, second, people), fps=29.97, stage_ms={"mesh": 7.0}):
                publisher.publish(message)
            if second % 30 == 0:
                publisher.publish_health({"mode": "run", "camera": {"fps": 29.97, "state": "ok"}})
        assert publisher.drain(20)
        publisher.close()
        until(lambda: [m for m in listener.on("/availability") if m.payload == b"stopped"])
    return tap.packets()


@pytest.mark.parametrize(
    ("profile", "seconds", "consent"),
    [("workplace", 600, False), ("workplace", 70, True), ("research", 70, False), ("personal", 60, False)],
)
def test_every_byte_is_allowed(tmp_path, profile, seconds, consent):
    """Each packet is a known kind, each payload fits its schema, no person-level word leaves a workplace."""
    packets = _meeting(tmp_path, profile, seconds, consent=consent)
    seen = contract.check(packets, profile=profile)
    if late := seen.pop("mimicry/history", []):  # five seconds pass in a twentieth of one here
        seen["mimicry/summary"] = seen.get("mimicry/summary", []) + late
    expected = {"health", "privacy/state", "state", "events/pointset", "events/system"}
    expected |= {"cmd/hear/req", "privacy/set"}
    assert expected | (set() if profile == "personal" else MEASURES) == set(seen)
    _check_levels(seen, profile, consent)


def _check_levels(seen, profile, consent):
    """Pairs by consent or under research only; below three people no measure at the workplace."""
    for body in seen.get("mimicry/live", []):
        if profile == "workplace":
            assert "people" not in body
            assert ("pairs" in body) == (consent and body["count"] >= 3)
            assert body["count"] >= 3 or (body["index"] is None and body["state"] == "insufficient")
            for pair in body.get("pairs", []):
                assert not {11, 22, 33, 44} & set(pair["pair"])
    for body in seen.get("mimicry/event", []):
        assert ("tracks" in body) == (profile == "research" or consent) or body["type"] == "end"
    if profile == "workplace" and not consent:
        assert 9 <= len(seen["mimicry/summary"]) <= 10
        identities = [(b["boot"], b["seq"]) for b in seen["mimicry/summary"] + seen["mimicry/event"]]
        assert len(set(identities)) == len(identities)
        assert sorted(seq for _, seq in identities) == list(range(1, len(identities) + 1))
