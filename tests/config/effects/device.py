"""What settings of the hub and of light and button reach."""

import os
import select
import urllib.error
import urllib.request
import warnings
from dataclasses import replace

from edge.publish import Publisher
from edge.publish.building.homeassistant import discovery
from edge.publish.building.identity import this_device
from edge.publish.building.topics import topics_of
from edge.service import LocalControl
from tests.config.effects.bench import Clock
from tests.events.scene import NS
from tests.publish.broker import until
from tests.publish.fake_broker import FakeBroker
from tests.publish.wire import packets

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from gpiozero.pins.mock import MockFactory

DAY_NS = 86_400 * NS


def discovered(config, _bench):
    """Return after how long Home Assistant gives a value up."""
    device = this_device("dev-1")
    parts = discovery(config.publish, device, topics_of(config.publish, "dev-1"))["cmps"].values()
    return {"seconds": sorted({part["exp_aft"] for part in parts if "exp_aft" in part})}


def hello(config, bench):
    """Start the publisher; return the port that it calls at and the keep-alive it asks for."""
    asked = config.publish
    section = asked if asked.port in bench.ports else replace(asked, port=bench.ports[0])
    publisher = Publisher(section, bench.folder(), muted=False)
    publisher.start()
    try:
        (server, *_), _, _ = select.select(bench.servers, [], [], 10)
        line, _ = server.accept()
        with line:
            kind, _, body = packets(line.recv(4096))[0]
    finally:
        publisher.close()
        bench.hang_up()
    assert kind == 1
    return {"port": server.getsockname()[1], "keepalive": int.from_bytes(body[8:10], "big")}


def live(config, bench):
    """Hand over twenty live values, one every tenth of a second; count those that would be sent."""
    clock = Clock()
    publisher = Publisher(config.publish, bench.folder(), muted=False, clock=clock)
    for _ in range(20):
        publisher.publish_live({"count": 1})
        clock.t_ns += NS // 10
    counts = publisher.own_health()["mqtt"]
    publisher.close()
    return {"count": counts["live_sent"] + counts["live_dropped"]}


def spool(config, bench):
    """Keep one and a half MiB of results for a hub that is away; return whether any was dropped."""
    clock = Clock()
    publisher = Publisher(config.publish, bench.folder(), muted=False, clock=clock)
    publisher.start()
    for _ in range(96):
        publisher.publish_event({"t_s": 1.0, "start_s": 1.0, "end_s": None, "noise": os.urandom(8192).hex()})
    until(lambda: publisher.own_health()["spool"]["rows"] >= 96)
    clock.t_ns += 600 * NS  # the spool is tidied now and then
    turns = publisher.turns
    until(lambda: publisher.turns > turns + 2)
    dropped = publisher.own_health()["spool"]["dropped"]
    publisher.close()
    return {"dropped": dropped > 0}


def late(config, bench):
    """Keep a result for two days until the hub is back; count what arrives."""
    folder, clock = bench.folder(), Clock()
    publisher = Publisher(config.publish, folder, muted=False, clock=clock)
    publisher.start()
    publisher.publish_event({"t_s": 1.0, "start_s": 1.0, "end_s": None})
    publisher.close()
    clock.t_ns += 2 * DAY_NS
    hub = FakeBroker()
    publisher = Publisher(replace(config.publish, port=hub.port), folder, muted=False, clock=clock)
    publisher.start()
    publisher.drain(10)
    publisher.close()
    hub.close()
    return {"arrived": len(hub.published)}


def kept(config, bench):
    """Deliver a result; return whether it stays on the device."""
    folder, hub = bench.folder(), FakeBroker()
    publisher = Publisher(replace(config.publish, port=hub.port), folder, muted=False)
    publisher.start()
    publisher.publish_event({"t_s": 1.0, "start_s": 1.0, "end_s": None})
    publisher.drain(10)
    publisher.close()
    hub.close()
    return {"stays": (folder / "kept.sqlite").exists()}


def metrics(config, bench):
    """Ask for the numbers at the port; return whether anybody answers."""
    publisher = Publisher(config.publish, bench.folder(), muted=False)
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{bench.metrics_port}/metrics", timeout=5) as answer:
            return {"status": answer.status}
    except urllib.error.URLError:
        return {"status": None}
    finally:
        publisher.close()


def pins(config, _bench):
    """Return what light and button do with their pins."""
    factory = MockFactory()
    service = config.service
    with LocalControl(service.led_pin, service.button_pin, lambda: None, factory=factory) as control:
        control.show("measuring")
        used = {number: (pin.function, pin.pull) for number, pin in factory.pins.items()}
    factory.close()
    return {"used": {getattr(number, "name", number): how for number, how in used.items()}}
