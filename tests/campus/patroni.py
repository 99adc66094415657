"""A store of three machines that goes on when its leader is killed: Patroni as shipped, and etcd."""

import os
import signal
import subprocess
import time
from contextlib import ExitStack, suppress
from http import HTTPStatus
from urllib.error import URLError
from urllib.request import urlopen

import yaml
from sqlalchemy import create_engine

from tests.campus.campus import CONFIGS, HUB
from tests.campus.engines import Folder, inside
from tests.campus.faults import now_ms, tell
from tests.campus.ledger import waited
from tests.campus.parts import family
from tests.campus.single import opened, outcome
from tests.publish.broker import free_port

MACHINES = 3
START_S = 180.0


class Machines:
    """Three PostgreSQL, each under a Patroni of its own, and the etcd in which they agree who leads."""

    USER = "postgres"

    def __init__(self):
        self.folder = Folder("patroni", self.USER)
        self._ports, self._rest = ([free_port() for _ in range(MACHINES)] for _ in range(2))
        make = ["sh", str(HUB / "make-certificates.sh"), str(self.folder.path / "certs"), "127.0.0.1"]
        subprocess.run(make, check=True, capture_output=True)
        self._keys = free_port()
        for number in range(MACHINES):
            (self.folder.path / f"{number}").mkdir()
            (self.folder.path / f"{number}.yml").write_text(yaml.safe_dump(self._settings(number)))
        self.folder.give()
        self._etcd, self._processes = self._started("etcd", *self._etcd_words()), [None] * MACHINES
        for number in range(MACHINES):
            self.start(number)
        waited(lambda: self.leader() is not None and len(self.followers()) == MACHINES - 1, START_S)

    def url(self, database):
        """Return the address of a database, wherever the leader is."""
        hosts = "".join(f"host=127.0.0.1:{port}&" for port in self._ports)
        return f"postgresql://postgres:change-me@/{database}?{hosts}target_session_attrs=read-write"

    def start(self, number):
        """Start a machine; it follows whoever leads."""
        self._processes[number] = self._started("patroni", self.folder.own / f"{number}.yml")

    def kill(self, number):
        """Kill everything on a machine, as when its power is cut."""
        postmaster = int((self.folder.path / f"{number}/data/postmaster.pid").read_text().split()[0])
        for pid in family([self._processes[number].pid, postmaster]):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._processes[number].wait()

    def leader(self):
        """Return the machine that leads; None while none does."""
        return next(iter(self._which("primary")), None)

    def followers(self):
        """Return the machines that follow the leader and answer."""
        return self._which("replica")

    def close(self):
        """Kill all and delete everything."""
        for number in range(MACHINES):
            if self._processes[number].poll() is None:
                self.kill(number)
        self._etcd.kill()
        self._etcd.wait()
        self.folder.remove()

    def _which(self, role):
        return [
            number for number in range(MACHINES) if _answers(f"http://127.0.0.1:{self._rest[number]}/{role}")
        ]

    def _settings(self, number):
        """Return the shipped file with the addresses and folders of this machine."""
        found, own = yaml.safe_load((CONFIGS / "patroni.yml").read_text()), self.folder.own
        rest, port = (f"127.0.0.1:{ports[number]}" for ports in (self._rest, self._ports))
        found |= {"name": f"db{number + 1}", "restapi": {"listen": rest, "connect_address": rest}}
        found["etcd3"]["hosts"] = [f"127.0.0.1:{self._keys}"]
        parameters = found["bootstrap"]["dcs"]["postgresql"]["parameters"]
        parameters |= {"ssl_cert_file": f"{own}/certs/hub.pem", "ssl_key_file": f"{own}/certs/hub.key"}
        parameters["unix_socket_directories"] = str(own)
        found["postgresql"] |= {"listen": port, "connect_address": port}
        found["postgresql"] |= {"data_dir": f"{own}/{number}/data", "pgpass": f"{own}/{number}/pgpass"}
        return found

    def _etcd_words(self):
        clients, peers = (f"http://127.0.0.1:{port}" for port in (self._keys, free_port()))
        here = ("--listen-client-urls", clients, "--advertise-client-urls", clients)
        others = ("--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers)
        return "--data-dir", self.folder.own / "etcd", *here, *others, "--initial-cluster", f"default={peers}"

    def _started(self, program, *words):
        command = inside("env", "-i", f"PATH={os.environ['PATH']}", program, *words, user=self.USER)
        with (self.folder.path / "log").open("ab") as log:
            return subprocess.Popen(command, stdout=log, stderr=log)


def _answers(address):
    with suppress(URLError, OSError), urlopen(address, timeout=2.0) as answer:
        return answer.status == HTTPStatus.OK
    return False


def patroni(folder, *, rooms, interval_s, steady_s, pause_s, rush_s):
    """Kill the leader of the store while rooms publish; return the figures."""
    with ExitStack() as ends:
        tell("three machines start")
        machines = Machines()
        ends.callback(machines.close)
        database = create_engine(machines.url("postgres").replace("postgresql:", "postgresql+psycopg:", 1))
        with database.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
            db.exec_driver_sql("CREATE DATABASE campus")
        database.dispose()
        _, _, ledger, group = opened(folder, rooms, machines.url("campus"), ends)
        group.pace(interval_s)
        time.sleep(steady_s)
        figures = {"rooms": rooms} | _killed(machines, pause_s)
        window = figures.pop("window")
        return figures | outcome(group, ledger) | ledger.lateness("leader killed", window)


def _killed(machines, pause_s):
    """Kill the leader, and start it again once another one leads; return how long that took."""
    number, began_ms = machines.leader(), now_ms()
    tell("leader killed")
    machines.kill(number)
    led_s = waited(lambda: machines.leader() not in {None, number}, 300)
    tell("another one leads")
    time.sleep(pause_s)
    window = began_ms, now_ms()
    tell("the killed one started again")
    machines.start(number)
    back_s = waited(lambda: number in machines.followers(), 300)
    time.sleep(pause_s)
    return {
        "another one leads after, s": led_s,
        "the killed one follows again after, s": back_s,
        "window": window,
    }
