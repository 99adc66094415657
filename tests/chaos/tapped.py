"""Every byte of a whole running device that sees four people at the workplace, against the contract."""

import threading

from edge.cli._scene import scene
from tests.pipeline.conftest import Ear, Running
from tests.publish import contract
from tests.publish.broker import Broker, until
from tests.publish.wire import Tap

PEOPLE, RATE_HZ = 4, 15.0  # the lowest rate at which docs/vision.md says how soon people are confirmed


def four_people(folder, *, seconds):
    """Relay the connection and keep what the device sent; return how much of what, all of it checked."""
    folder.mkdir(parents=True, exist_ok=True)
    with Broker(folder / "broker") as broker, Tap(broker.port) as tap, Ear(broker.port, "#") as ear:
        device = Running(folder, tap.port)
        (folder / "scene.yaml").write_text(scene(PEOPLE, seconds + 120.0, rate_hz=RATE_HZ))
        text = device.config.read_text()
        device.config.write_text(text.replace("profile: research", "profile: workplace"))
        try:
            device.start()
            until(lambda: ear.last("mimicry/live").get("count") == PEOPLE)
            threading.Event().wait(seconds)
            device.signal(15)
            until(lambda: ear.last("availability") == "stopped")
        finally:
            device.close()
    packets = tap.packets()
    seen = contract.check(packets, site="demo")
    return {
        "seconds": seconds,
        "bytes": sum(len(body) for _, _, body in packets),
        "packets": len(packets),
        "people": max(body["count"] for body in seen["mimicry/live"]),
        "person_level": sum("people" in body or "pairs" in body for body in seen["mimicry/live"]),
    } | {name.rpartition("/")[2]: len(bodies) for name, bodies in sorted(seen.items())}
