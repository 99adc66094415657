"""The engines of a campus: on the PATH, or in a root of Debian 13 that CAMPUS_ROOT names.

`root` is empty, or the root in which a program lies; every folder that a program reads is inside it.
"""

import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

from tests.publish.broker import free_port, until

CONFIGS = Path("firmware_configs/campus")
ROOT = os.environ.get("CAMPUS_ROOT", "")
POSTGRES = "/usr/lib/postgresql/17/bin"
RABBIT = "/usr/lib/rabbitmq/bin"


def inside(*words, user=""):
    """Return a command as it runs in the root, as a user of it."""
    if ROOT:
        return ["chroot", *([f"--userspec={user}"] if user else []), ROOT, *map(str, words)]
    return [*(["runuser", "-u", user, "--"] if user and os.getuid() == 0 else []), *map(str, words)]


def has(program):
    """Return whether a program is there."""
    if program.startswith("/"):
        return Path(ROOT + program).exists()
    return any(
        Path(f"{ROOT}{folder}/{program}").exists() for folder in ("/usr/bin", "/usr/sbin", "/usr/local/bin")
    )


class Folder:
    """A folder that programs of the root see; `path` is from outside, `own` from inside."""

    def __init__(self, name, user=""):
        self.path = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=f"{ROOT}/tmp"))
        self.own = Path(str(self.path)[len(ROOT) :])
        self.path.chmod(0o755)
        self._user = user

    def give(self):
        """Let the user of the program own everything."""
        if self._user and os.getuid() == 0:
            subprocess.run(inside("chown", "-R", self._user, self.own), check=True)

    def remove(self):
        """Delete it."""
        shutil.rmtree(self.path, ignore_errors=True)


def checked():
    """Check every shipped file by its program; return (file, program, verdict)."""
    folder, found = Folder("configs"), []
    keys = socket.create_server(("127.0.0.1", 0))  # Patroni looks whether somebody is at etcd's addresses
    own = {"/opt/mimicry/bin/mimicry-edge": "/bin/true"}  # not installed here
    own |= {f"db{number}.example:2379": f"127.0.0.1:{keys.getsockname()[1]}" for number in (1, 2, 3)}
    for path in CONFIGS.iterdir():
        text = path.read_text()
        for shipped, here in own.items():
            text = text.replace(shipped, here)
        (folder.path / path.name).write_text(text)
    for file, program, words in (
        ("rules.yml", "promtool", ("check", "rules")),
        ("rules_test.yml", "promtool", ("test", "rules")),
        ("prometheus.yml", "promtool", ("check", "config")),
        ("alertmanager.yml", "amtool", ("check-config",)),
        ("mimicry-collect.service", "systemd-analyze", ("verify", "--man=no")),
        ("patroni.yml", "patroni", ("--ignore-listen-port", "--validate-config")),
    ):
        if has(program):
            done = subprocess.run(
                inside(program, *words, folder.own / file), check=False, capture_output=True
            )
            verdict = "ok" if done.returncode == 0 else (done.stdout + done.stderr).decode()[-300:]
        else:
            verdict = f"not checked: no {program}"
        found.append((file, program, verdict))
    keys.close()
    folder.remove()
    return found


class Rabbit:
    """Three nodes on the shipped file, with ports and certificates of their own."""

    USER = "rabbitmq"

    def __init__(self, certificates, network=None):
        self.folder, self._network = Folder("rabbit", self.USER), network
        self.hosts = network.hosts if network else ["127.0.0.1"] * 3
        self._names = [
            f"rabbit{number}@{host if network else 'localhost'}" for number, host in enumerate(self.hosts)
        ]
        self.amqp, self.mqtt = ([free_port() for _ in range(3)] for _ in range(2))
        shutil.copytree(certificates, self.folder.path / "certs")
        for number in range(3):
            self._configure(number)
        self.folder.give()
        self.processes = [None] * 3

    def _configure(self, number):
        own = self.folder.path / f"{number}"
        own.mkdir()
        text = (
            (CONFIGS / "rabbitmq.conf")
            .read_text()
            .replace("/etc/rabbitmq/certs", str(self.folder.own / "certs"))
        )
        for line, port in (("listeners.ssl.1 = 5671", self.amqp), ("mqtt.listeners.ssl.1 = 8883", self.mqtt)):
            assert line in text
            text = text.replace(line, f"{line.split('=')[0]}= {self.hosts[number]}:{port[number]}")
        text = text.replace("prometheus.tcp.port = 15692", f"prometheus.tcp.port = {free_port()}")
        for k in range(3):
            text = text.replace(f"rabbit@node{k + 1}", self._names[k])
        (own / "rabbitmq.conf").write_text(text)
        shutil.copy(CONFIGS / "enabled_plugins", own)
        (own / ".erlang.cookie").write_text("CAMPUS")
        (own / ".erlang.cookie").chmod(0o400)

    def _words(self, number, program, *more):
        own = self.folder.own / f"{number}"
        names = {
            "HOME": own,
            "RABBITMQ_NODENAME": self._names[number],
            "RABBITMQ_USE_LONGNAME": "true" if self._network else "false",
            "RABBITMQ_CONFIG_FILE": own / "rabbitmq.conf",
            "RABBITMQ_ENABLED_PLUGINS_FILE": own / "enabled_plugins",
            "RABBITMQ_MNESIA_BASE": own / "data",
            "RABBITMQ_LOG_BASE": own / "log",
            "RABBITMQ_DIST_PORT": 25670 + number,
            "ERL_EPMD_ADDRESS": self.hosts[number],
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1 +sbwt none +sbwtdcpu none +sbwtdio none",
            "PATH": os.environ["PATH"],
        }
        given = [f"{name}={value}" for name, value in names.items()]
        words = inside("env", "-i", *given, f"{RABBIT}/{program}", *more, user=self.USER)
        return [*(self._network.within(number) if self._network else []), *words]

    def start(self, number):
        """Start a node; it joins the others."""
        with (self.folder.path / f"{number}/out").open("ab") as log:
            self.processes[number] = subprocess.Popen(
                self._words(number, "rabbitmq-server"), stdout=log, stderr=log, start_new_session=True
            )

    def users(self):
        """Make the users as the page of the engines says."""
        page = (CONFIGS / "README.md").read_text()
        for line in re.findall(r"(?m)^sudo rabbitmqctl (.*)$", page):
            words = self._words(0, "rabbitmqctl", "-q", *shlex.split(line))
            subprocess.run(words, check=True, stdout=subprocess.DEVNULL)

    def leader(self, queue="mimicry-collect"):
        """Return the node that leads the queue."""
        words = self._words(0, "rabbitmqctl", "-q", "list_queues", "name", "leader")
        told = subprocess.run(words, check=True, capture_output=True, text=True).stdout
        line = next(line for line in told.splitlines() if line.startswith(queue))
        return int(line.split()[-1].removeprefix("rabbit")[0])

    def logged(self, number):
        """Return what a node has written down."""
        return "".join(path.read_text() for path in (self.folder.path / f"{number}/log").glob("*.log"))

    def signal(self, number, name):
        """Send a signal to a node."""
        os.killpg(self.processes[number].pid, name)
        if name == signal.SIGKILL:
            self.processes[number].wait()

    @property
    def url(self):
        """Where consumers connect."""
        return "amqps://collect:another-long-password@" + ",".join(
            f"{host}:{port}" for host, port in zip(self.hosts, self.amqp, strict=True)
        )

    def close(self):
        """Kill every node."""
        for number, process in enumerate(self.processes):
            if process is not None and process.poll() is None:
                self.signal(number, signal.SIGKILL)
        self.folder.remove()


class Postgres:
    """A PostgreSQL 17 on the shipped settings."""

    USER = "postgres"

    def __init__(self):
        self.folder, self.port = Folder("postgres", self.USER), free_port()
        self.folder.give()
        self._data = self.folder.own / "data"
        self._run("initdb", "-D", self._data, "-A", "trust")
        own = f"port = {self.port}\nlisten_addresses = '127.0.0.1'\n"
        own += f"unix_socket_directories = '{self.folder.own}'\n"
        with (self.folder.path / "data/postgresql.conf").open("a") as file:
            file.write((CONFIGS / "postgresql.conf").read_text() + own)
        self.start()
        self._run("createdb", "-h", "127.0.0.1", "-p", self.port, "campus")

    @property
    def url(self):
        """The store's address."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/campus"

    def start(self):
        """Start it and wait until it takes connections."""
        self._run("pg_ctl", "-D", self._data, "-l", self.folder.own / "log", "-w", "start")

    @property
    def pid(self):
        """The process that all others of it come from."""
        return int((self.folder.path / "data/postmaster.pid").read_text().split()[0])

    def stop(self, mode="immediate"):
        """Stop it; `immediate` is what a power cut leaves."""
        self._run("pg_ctl", "-D", self._data, "-m", mode, "-w", "stop")

    def sql(self, file):
        """Run a file of SQL; an error is an error."""
        shutil.copy(file, self.folder.path)
        words = ("-h", "127.0.0.1", "-p", self.port, "-d", "campus", "-v", "ON_ERROR_STOP=1", "-f")
        self._run("psql", *words, self.folder.own / Path(file).name)

    def close(self):
        """Stop and delete it."""
        self.stop()
        self.folder.remove()

    def _run(self, program, *words):
        command = inside(f"{POSTGRES}/{program}", *words, user=self.USER)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def started(rabbit):
    """Start the nodes, which look for each other, and wait until all are there."""
    for number in range(3):
        rabbit.start(number)
    for number in range(3):
        out = rabbit.folder.path / f"{number}/out"
        until(lambda out=out: b"completed with" in out.read_bytes(), 180)
