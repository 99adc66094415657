"""What strangers and wrong certificates get: a refusal in one line, and no secret anywhere."""

import logging
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from edge.publish.notices import Notices
from tests.chaos.fuzz import fuzz
from tests.pipeline.conftest import Ear, Running
from tests.publish.broker import Broker, Listener, until
from tests.publish.conftest import tls_listener

HOSTILE = (b"x" * 60_000, b"[" * 20_000, b"\xff\xfe\x00", b"", b"null", b"1" * 20_000, b'{"on":1}')
SECRET = "s3cret-of-the-hub"


@pytest.mark.parametrize(
    "case",
    [
        ("good", "stranger", "unable to get local issuer|self-signed"),
        ("expired", "ca", "expired"),
        ("host", "ca", "not valid for '127.0.0.1'|mismatch"),
        ("", "ca", "no TLS at that port"),
    ],
)
def test_bad_certificates_are_refused(tmp_path, certificates, publisher, caplog, case):
    """Wrong authority, expired, wrong host and no TLS: no connection, and one line that says which."""
    server, authority, words = case
    listener = tls_listener(certificates, server) if server else ""
    with Broker(tmp_path / "broker", listener=listener) as broker, caplog.at_level(logging.WARNING):
        one = publisher(broker.port, tls=True, ca_file=str(certificates / f"{authority}.pem"))
        until(lambda: one.session.attempts >= 2)
        assert one.connected is False
        lines = [record.getMessage() for record in caplog.records if "session.lost" in record.getMessage()]
        assert len(lines) == 1
        assert any(word in lines[0] for word in words.split("|")), lines[0]


def test_client_certificate_and_password(tmp_path, certificates, publisher):
    """Authority, client certificate and a password from a file connect; the password shows nowhere."""
    password, users = tmp_path / "password", tmp_path / "users"
    password.write_text(SECRET + "\nsecond line\n")
    subprocess.run(["mosquitto_passwd", "-b", "-c", str(users), "dev-1", SECRET], check=True)
    more = "require_certificate true\nallow_anonymous false\n"
    listener = tls_listener(certificates, "good", more)
    with Broker(
        tmp_path / "broker", listener=listener, extra=f"password_file {users}\nallow_anonymous false"
    ) as b:
        one = publisher(
            b.port,
            tls=True,
            ca_file=str(certificates / "ca.pem"),
            cert_file=str(certificates / "good.pem"),
            key_file=str(certificates / "good.key"),
            username="dev-1",
            password_file=str(password),
        )
        until(lambda: one.connected)
        one.publish_health({})
        said = repr(one.section) + repr(one.own_health()) + Path("/proc/self/cmdline").read_text()
        assert SECRET not in said


def test_wrong_password_is_said_and_not_shown(tmp_path, publisher, caplog):
    """A refused login is one line without the password."""
    users, password = tmp_path / "users", tmp_path / "password"
    subprocess.run(["mosquitto_passwd", "-b", "-c", str(users), "dev-1", "right"], check=True)
    password.write_text(SECRET)
    with Broker(tmp_path / "b", extra=f"password_file {users}\nallow_anonymous false") as broker:
        one = publisher(broker.port, username="dev-1", password_file=str(password))
        until(lambda: "not connected" in one.session.reason)
        assert "uthori" in one.session.reason
        assert SECRET not in caplog.text


@pytest.mark.slow
def test_the_running_service_shows_its_secret_nowhere(tmp_path):
    """Neither arguments, environment, log, `config` nor any payload of a whole service hold the password."""
    users, password = tmp_path / "users", tmp_path / "password"
    subprocess.run(["mosquitto_passwd", "-b", "-c", str(users), "dev-1", SECRET], check=True)
    password.write_text(SECRET)
    with (
        Broker(tmp_path / "hub", listener="allow_anonymous true", extra=f"password_file {users}") as hub,
        Ear(hub.port, "#") as ear,
    ):
        service = Running(tmp_path, hub.port)
        login = f"username: dev-1, password_file: {password}, live_hz"
        service.config.write_text(service.config.read_text().replace("live_hz", login))
        try:
            service.start()
            until(lambda: ear.last("health").get("mode") == "run")
            process = Path(f"/proc/{service.process.pid}")
            said = [(process / name).read_bytes() for name in ("cmdline", "environ")]
        finally:
            service.close()
        said += [message.payload for message in ear.heard] + [(tmp_path / "log").read_bytes()]
    command = [sys.executable, "-m", "edge", "config", "show", str(service.config)]
    said.append(subprocess.run(command, check=True, capture_output=True).stdout)
    assert b"password_file" in said[-1]
    assert [one for one in said if SECRET.encode() in one] == []


def test_missing_secret_names_the_key(publisher):
    """A password file that is not there is said by its key; the session goes on trying."""
    one = publisher(1883, username="u", password_file="/nonexistent/x")
    until(lambda: "publish.password_file" in one.session.reason)


def test_hostile_requests_have_no_effect():
    """Thousands of mutated requests: nothing but refusals, and what passes has exactly the known form."""
    figures = fuzz(20_000)
    assert figures["refused"] > 5_000
    assert figures["taken"] > 1_000


def test_hostile_requests_over_the_wire(broker, publisher, caplog):
    """Oversized, deep, binary and kept requests leave the device alive, unmuted and reachable."""
    commands = []
    publisher(broker.port, on_command=commands.append)
    with Listener(broker.port) as hub, caplog.at_level(logging.WARNING):
        hub.wait_for("/availability")  # the subscriptions went before it
        hub.send("site/devices/dev-1/privacy/set", b"{")
        until(lambda: any(b"device.request.refused" in m.payload for m in hub.on("dev-1/state")))
        for payload in HOSTILE:
            for name in ("privacy/set", "config", "cmd/reload/req"):
                hub.send(f"site/devices/dev-1/{name}", payload)
            hub.send("site/rooms/room/booking", payload or b"{}")
        hub.send("site/devices/dev-1/privacy/set", b"ON")
        until(lambda: any(command.kind == "privacy" for command in commands))
    kinds = {command.kind for command in commands}
    assert kinds <= {"privacy", "command"}
    refusals = [record for record in caplog.records if "request.refused" in record.getMessage()]
    assert len(refusals) == 1


def test_what_strangers_write_begins_no_line(caplog):
    """Of a topic with control characters neither the journal nor the UDMI state gets more than marks."""
    said = []
    with caplog.at_level(logging.WARNING):
        Notices(lambda: 0, said.append).note(400, "device.request.refused", "cmd/x\nforged\x1b[2J: no name")
    texts = [said[0].text, caplog.records[0].getMessage()]
    assert all(text.isprintable() and "forged" in text for text in texts)


def test_kept_commands_are_refused(broker, listener, publisher):
    """A retained command would be obeyed again on every connect: it is refused."""
    commands = []
    listener.send("site/devices/dev-1/cmd/reload/req", b'{"id":"kept"}', retain=True)
    publisher(broker.port, on_command=commands.append)
    listener.wait_for("/availability")
    listener.send("site/devices/dev-1/cmd/reload/req", b'{"id":"fresh"}')
    until(lambda: commands)
    assert [command.body["id"] for command in commands] == ["fresh"]


def test_a_flood_keeps_no_mute_out(broker, listener, publisher):
    """Unacknowledged requests by the hundred while a handler is slow: the acknowledged mute is served."""
    served, gate = [], threading.Event()

    def handler(command):
        gate.wait(10)
        served.append(command)

    publisher(broker.port, on_command=handler)
    listener.wait_for("/availability")
    for _ in range(500):
        listener.client.publish("site/devices/dev-1/cmd/reload/req", b"{}", 0)
    listener.send("site/devices/dev-1/privacy/set", b"ON")
    gate.set()
    until(lambda: any(command.kind == "privacy" for command in served))
    assert len(served) < 500


def test_a_raising_handler_deafens_nobody(broker, listener, publisher):
    """A defect in the pipeline's handler is contained: the next request is served all the same."""
    served = []

    def handler(command):
        served.append(command)
        raise ZeroDivisionError

    publisher(broker.port, on_command=handler)
    listener.wait_for("/availability")
    listener.send("site/devices/dev-1/privacy/set", b"ON")
    listener.send("site/devices/dev-1/privacy/set", b"OFF")
    until(lambda: len(served) == 2)
