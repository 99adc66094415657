"""A campus: a hub bridged to three nodes of RabbitMQ, two collectors, PostgreSQL; every fault in turn."""

import signal
import time
from contextlib import ExitStack

from tests.campus.campus import CONFIGS, Collect, Hub, Ledger, Rooms
from tests.campus.engines import Postgres, Rabbit, started
from tests.campus.single import outcome
from tests.publish.broker import until


def bridge(rabbit, certificates):
    """Return the shipped bridge with the addresses of these nodes."""
    text = (CONFIGS / "bridge.conf").read_text()
    for number, port in enumerate(rabbit.mqtt, start=1):
        text = text.replace(f"node{number}.example:8883", f"127.0.0.1:{port}")
    text = text.replace("/etc/mosquitto/certs/campus-ca.pem", str(certificates / "ca.pem"))
    return text.replace("remote_password change-me", "remote_password a-long-password")


def cluster(folder, *, rooms, interval_s, steady_s, pause_s):
    """Let rooms publish through every fault; return the figures."""
    with ExitStack() as ends:
        hub = Hub(folder / "hub", rooms)
        certificates = folder / "hub/certs"
        rabbit, postgres = Rabbit(certificates), Postgres()
        ends.callback(postgres.close)
        ends.callback(rabbit.close)
        started(rabbit)
        rabbit.users()
        files = ("--ca-file", str(certificates / "ca.pem"), "--patience-s", "5")
        collectors = [Collect(folder, rabbit.url, postgres.url, *files) for _ in range(2)]
        for one in collectors:
            one.start()
            ends.callback(one.close)
        ledger = Ledger(postgres.url)
        ends.callback(ledger.close)
        postgres.sql(CONFIGS / "roles.sql")
        with (hub.folder / "mosquitto.conf").open("a") as file:
            file.write(bridge(rabbit, certificates))
        hub.start()
        ends.callback(hub.stop, signal.SIGTERM)
        group = Rooms(folder / "rooms", hub, rooms, interval_s)
        ends.callback(group.close)
        group.begin()
        until(lambda: ledger.one("SELECT count(*) FROM summary")[0] >= rooms, 300)
        time.sleep(steady_s)
        p50_s, p99_s = ledger.latency_s()
        figures = {"rooms": rooms, "made to stored, p50 s": p50_s, "made to stored, p99 s": p99_s}
        _faults(rabbit, postgres, collectors, hub, pause_s)
        return figures | outcome(group, ledger)


def _faults(rabbit, postgres, collectors, hub, pause_s):
    """Kill the queue's leader; a consumer; the store; then cut the uplink and kill the hub."""
    leader = rabbit.leader()
    rabbit.signal(leader, signal.SIGKILL)
    time.sleep(pause_s)
    rabbit.start(leader)
    time.sleep(pause_s)
    collectors[0].kill()
    time.sleep(pause_s)
    collectors[0].start()
    time.sleep(pause_s)
    postgres.stop()
    time.sleep(2 * pause_s)
    postgres.start()
    time.sleep(pause_s)
    for number in range(3):  # frozen nodes take nothing: the uplink is down
        rabbit.signal(number, signal.SIGSTOP)
    time.sleep(pause_s)
    hub.stop(signal.SIGKILL)
    for number in range(3):
        rabbit.signal(number, signal.SIGCONT)
    hub.start()
    time.sleep(pause_s)
