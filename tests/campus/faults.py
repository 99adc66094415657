"""Everything that may happen to a campus: each fault returns once it is lifted."""

import signal
import time
from dataclasses import dataclass
from functools import partial

from tests.campus.campus import Collect, Hub
from tests.campus.engines import Postgres, Rabbit

STORE_AWAY_S = 60.0


@dataclass
class Engines:
    """What there is to kill."""

    hub: Hub
    rabbit: Rabbit
    collectors: list[Collect]
    postgres: Postgres


def leader(engines, pause_s):
    """Kill the node that leads the queue of results."""
    node(engines, pause_s, number=engines.rabbit.leader())


def node(engines, pause_s, *, number):
    """Kill a node."""
    engines.rabbit.signal(number, signal.SIGKILL)
    time.sleep(pause_s)
    engines.rabbit.start(number)


def herd(engines, _pause_s):
    """Restart the hub under all rooms, which reconnect at once."""
    engines.hub.stop(signal.SIGTERM)
    engines.hub.start()


def collector(engines, pause_s):
    """Kill a collector."""
    engines.collectors[0].kill()
    time.sleep(pause_s)
    engines.collectors[0].start()


def store(engines, _pause_s):
    """Stop the store as a power cut does, for a minute."""
    engines.postgres.stop()
    time.sleep(STORE_AWAY_S)
    engines.postgres.start()


def uplink(engines, pause_s):
    """Freeze every node, so that the hub's line upwards is down, and kill the hub with what it holds."""
    for number in range(3):
        engines.rabbit.signal(number, signal.SIGSTOP)
    time.sleep(pause_s)
    engines.hub.stop(signal.SIGKILL)
    for number in range(3):
        engines.rabbit.signal(number, signal.SIGCONT)
    engines.hub.start()


FAULTS = {
    "leader of the queue killed": leader,
    **{f"node {number + 1} killed": partial(node, number=number) for number in range(3)},
    "all rooms reconnect at once": herd,
    "collector killed": collector,
    "store down for a minute": store,
    "uplink cut, hub killed": uplink,
}


def suffered(engines, pause_s):
    """Let everything happen in turn; return when each fault began and was lifted, ms since 1970."""
    windows = {}
    for name, fault in FAULTS.items():
        tell(name)
        began_ms = now_ms()
        fault(engines, pause_s)
        windows[name] = began_ms, now_ms()
        time.sleep(pause_s)
    return windows


def now_ms():
    """Return milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def tell(words):
    """Print what happens now."""
    print(f"{time.strftime('%H:%M:%S')} {words}", flush=True)
