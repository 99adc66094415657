"""The integrator's checklist: faults that are caused, and the lines that `check`, journal and health print.

`python -m tests.service.checklist` causes all of them and compares with docs/checklist.md; `--write` writes
the page's generated part from what was seen.
"""

import contextlib
import io
import logging
import re
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from edge.cli import main as command
from edge.config import load
from edge.errors import ConfigError
from edge.publish import Publisher
from edge.publish.delivery.pace import Pace
from tests.publish.broker import Broker, until
from tests.publish.conftest import make_certificates, tls_listener
from tests.publish.fake_broker import FakeBroker
from tests.service import whole

TWIN_S, TROUBLES = 12.0, 2
CAUSES = ("session.deaf", "session.taken_over")
PAGE = Path("docs/checklist.md")
BEGIN, END = "<!-- faults, written by tests/service/checklist.py -->", "<!-- end of the faults -->"
OTHERS = "board,permissions,libraries,camera,models,delegate,temperature"
PACE = Pace(probe_s=0.4, patience_s=0.4)
PATIENCE_S, SETTLE_S = 3.0, 0.5  # for a trouble after the first line, and for what follows it
LOCKED = "allow_anonymous false\npassword_file {folder}/users"
OWN = "site/devices/dev-1"


@dataclass(frozen=True)
class Fault:
    """One fault: what the hub is like, and what the device's configuration says."""

    name: str
    publish: str = ""
    """Settings of `publish` beside host, port, device_id and no TLS; or instead of them."""
    extra: str = ""
    """Lines of Mosquitto's configuration."""
    listener: str = ""
    """A certificate of the hub: good, expired, host; empty: plain."""
    acl: str = ""
    hub: Callable[[], object] | None = None
    """Another broker than Mosquitto."""
    files: dict[str, bytes] = field(default_factory=dict)
    more: str = ""
    """Further lines of the configuration."""
    twice: bool = False
    """Whether a second device has the same name."""
    look: str = "broker"
    """The subjects of `check` that show it."""


TLS = "tls: true, ca_file: {folder}/ca.pem"
LOGIN = "username: dev-1, password_file: {folder}/password"
RIGHT, MARKED = {"password": b"right\n"}, {"password": b"\xef\xbb\xbfright\r\n"}


class Silent:
    """Something that takes connections and says nothing."""

    def __init__(self):
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]

    def close(self):
        """Take no more."""
        self._server.close()


class Web:
    """A web server where a broker should be."""

    def __init__(self):
        quiet = type("Quiet", (BaseHTTPRequestHandler,), {"log_message": lambda *_: None})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), quiet)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        """Serve no more."""
        self._server.shutdown()
        self._server.server_close()


def _refusing():
    fake = FakeBroker()
    fake.refused = ("site/rooms/room/privacy", f"{OWN}/privacy/set")
    return fake


FAULTS = (
    Fault("No hub is set", "host: ''"),
    Fault("Wrong port", "port: 1"),
    Fault("Unknown host name", "host: nobody.invalid"),
    Fault("The port belongs to the host's name", "host: '127.0.0.1:1883'"),
    Fault("TLS is asked for, the port is plain", TLS),
    Fault("The port asks for TLS, the device does not", listener="good"),
    Fault("Wrong authority", "tls: true, ca_file: {folder}/stranger.pem", listener="good"),
    Fault("The authority's file is missing", "tls: true, ca_file: {folder}/nothing.pem", listener="good"),
    Fault("Expired certificate", TLS, listener="expired"),
    Fault("The certificate is for another name", TLS, listener="host"),
    Fault("The hub wants a client certificate", TLS, listener="good", extra="require_certificate true"),
    Fault("Wrong password", LOGIN, LOCKED, files={"password": b"wrong\n"}),
    Fault("Unknown user", LOGIN.replace("dev-1", "dev-9"), LOCKED, files=RIGHT),
    Fault("No user, and the hub wants one", "", LOCKED),
    Fault("The password's file is missing", LOGIN, LOCKED),
    Fault("A byte-order mark in the password's file", LOGIN, LOCKED, files=MARKED),
    Fault("The password's file is in UTF-16", LOGIN, LOCKED, files={"password": "right".encode("utf-16")}),
    Fault("The access list lets it read nothing", acl=f"topic write {OWN}/#\n"),
    Fault("The access list lets it write nothing", acl="topic read #\n"),
    Fault(
        "The access list keeps the mute from it",
        acl=f"topic write {OWN}/#\ntopic write homeassistant/#\ntopic read {OWN}/cmd/+/req\n"
        "topic read site/rooms/#\n",
    ),
    Fault(
        "The hub's user has another name than the device",
        LOGIN,
        LOCKED,
        files=RIGHT,
        acl="pattern write +/devices/%u/#\npattern read +/devices/%u/#\npattern read +/rooms/#\n",
        more="device: dev-2",
    ),
    Fault(
        "The access list forbids the availability, so the last will too",
        acl=f"topic readwrite {OWN}/#\ntopic deny {OWN}/availability\ntopic readwrite homeassistant/#\n"
        "topic read site/rooms/#\n",
    ),
    Fault("The hub refuses subscriptions", hub=_refusing),
    Fault("The hub accepts and passes nothing on", hub=lambda: FakeBroker(silent=1 << 20)),
    Fault("The hub does not answer", hub=Silent),
    Fault("Something else listens at the port", hub=Web),
    Fault("Two devices have one name", twice=True),
    Fault("A topic level that no topic can have", "site: 'büro/1'"),
    Fault("The port of the metrics is taken", "metrics_port: {port}"),
    Fault("The clock is not set", look="clock"),
    *whole.WHOLE,
)  # fmt: skip


def observe(fault, folder, certificates):
    """Cause one fault; return its lines: what `check` says, the journal, and health."""
    if isinstance(fault, whole.Whole):
        return whole.observe(fault, folder, _checked)
    folder.mkdir()
    for file in certificates.glob("*.pem"):
        (folder / file.name).write_bytes(file.read_bytes())
    for name, content in fault.files.items():
        (folder / name).write_bytes(content)
    subprocess.run(["mosquitto_passwd", "-b", "-c", str(folder / "users"), "dev-1", "right"], check=True)
    with contextlib.ExitStack() as stack:
        port = _hub(stack, fault, folder, certificates)
        config = _configuration(fault, folder, port)
        lines = [f"check    {line}" for line in _checked(config, fault.look)]
        with contextlib.suppress(ConfigError):
            if fault.look == "broker" and (section := load(config).publish).host:
                lines += _running(section, folder, twice=fault.twice)
        return [_plain(line, folder, port) for line in lines]


def _hub(stack, fault, folder, certificates):
    if fault.hub is not None:
        broker = fault.hub()
        stack.callback(broker.close)
        return broker.port
    extra = fault.extra.format(folder=folder)
    if fault.acl:
        (folder / "acl").write_text(fault.acl)
        extra += f"\nacl_file {folder}/acl"
    if not fault.listener:
        return stack.enter_context(Broker(folder / "hub", extra=extra)).port
    listener = tls_listener(certificates, fault.listener, fault.extra)
    return stack.enter_context(Broker(folder / "hub", listener=listener)).port


def _configuration(fault, folder, port):
    settings = {"host": "127.0.0.1", "port": str(port), "tls": "false", "device_id": "dev-1"}
    if fault.more:
        settings["device_id"] = fault.more.partition(": ")[2]
    for part in filter(None, fault.publish.format(folder=folder, port=port).split(", ")):
        name, _, value = part.partition(": ")
        settings[name] = value
    text = ", ".join(f"{name}: {value}" for name, value in settings.items())
    file = folder / "config.yaml"
    file.write_text(f"publish: {{{text}}}\nservice: {{state_dir: {folder}}}\n", encoding="utf-8")
    return file


def _checked(config, look):
    """Return the findings of `check` that are not fine, or the one that is."""
    skipped = ",".join(name for name in (*OTHERS.split(","), "broker", "clock", "disk") if name != look)
    out, errors = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
        command(["check", "--config", str(config), "--skip", skipped])
    found = [line for line in out.getvalue().splitlines() if not line.startswith("ok    config")]
    return found + errors.getvalue().splitlines()


def _running(section, folder, *, twice):
    """Let a publisher try for a while; return the journal and what health says of the hub."""
    journal, begun, warned = [], threading.Event(), threading.Event()

    def take(record):
        journal.append(record.getMessage())
        (warned if record.levelno >= logging.WARNING else begun).set()
        begun.set()

    handler = logging.Handler()
    handler.emit = take
    logger = logging.getLogger("edge")
    logger.addHandler(handler)
    level, logger.level = logger.level, logging.INFO
    devices = [Publisher(section, folder / f"state{k}", muted=False, pace=PACE) for k in range(1 + twice)]
    try:
        for one in devices:
            one.start()
        begun.wait(20)
        warned.wait(TWIN_S if twice else PATIENCE_S)
        threading.Event().wait(TWIN_S if twice else SETTLE_S)
        until(lambda: devices[0].connected or not devices[0].deaf)  # a deaf one has just connected again
        health = devices[0].own_health()["mqtt"]
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
        for one in devices:
            one.close()
    connected = "true or false" if twice else str(health["connected"]).lower()
    told = [f"health   mqtt: connected {connected}, deaf {str(health['deaf']).lower()}"]
    told += [f"         {trouble}" for trouble in health["troubles"][:TROUBLES]]
    return [f"journal  {line}" for line in _first(journal)] + told


def _first(journal):
    """Return the lines of the journal, each once, up to the one that names the cause."""
    lines = list(dict.fromkeys(journal))
    causes = [k for k, line in enumerate(lines) if any(word in line for word in CAUSES)]
    return lines[: causes[0] + 1] if causes else lines


def _plain(line, folder, port):
    """Return a line without what differs from run to run."""
    line = re.sub(r"\(\d+ more since\)", "(N more since)", line.replace(str(folder), "/etc/mimicry-edge"))
    return line.replace(str(port), "1883").rstrip()


def section(fault, lines):
    """Return one fault as a section of the page."""
    return f"### {fault.name}\n\n```text\n" + "\n".join(lines) + "\n```\n"


def page(sections):
    """Return the page with these sections as its generated part."""
    head, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    tail = rest.partition(END)[2]
    return f"{head}{BEGIN}\n\n" + "\n".join(sections) + f"\n{END}{tail}"


def written():
    """Return the sections that the page has, by name."""
    text = PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    return {one.partition("\n")[0]: f"### {one}".rstrip("\n") + "\n" for one in text.split("### ")[1:]}


def caused(faults):
    """Cause the faults in turn; yield each with its section."""
    with tempfile.TemporaryDirectory() as name:
        certificates = Path(name, "tls")
        certificates.mkdir()
        if any(isinstance(fault, Fault) and (fault.listener or ".pem" in fault.publish) for fault in faults):
            make_certificates(certificates)
        for number, fault in enumerate(faults):
            yield fault, section(fault, observe(fault, Path(name, str(number)), certificates))


def differing(_folder=None):
    """Cause every fault; return the figures of a row of `make chaos`."""
    known = written()
    wrong = [fault.name for fault, text in caused(FAULTS) if known.get(fault.name) != text]
    return {"faults": len(FAULTS), "differing": len(wrong), "which": wrong}


def main():
    """Compare, or write the page; 1 if a section differs."""
    if "--write" in sys.argv:
        sections = []
        for _, text in caused(FAULTS):
            print(text, flush=True)
            sections.append(text)
        PAGE.write_text(page(sections), encoding="utf-8")
        return 0
    figures = differing()
    print(figures)
    return int(figures["differing"] > 0)


if __name__ == "__main__":
    sys.exit(main())
