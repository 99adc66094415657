"""Says hello to the room hub with one MQTT packet, without disturbing the session of the running service."""

import os
import socket
import ssl

from edge.cli._finding import PASSWORD, Finding, bad
from edge.config import Config
from edge.errors import EdgeError, PublishError
from edge.publish.secret import read_secret, tls_context

BROKER_S = 5.0
"""Longest wait for the room hub."""
REASONS = {4: "bad user or password", 5: "not authorised"}
"""Return codes of an MQTT 3.1.1 CONNACK that name the credentials."""


def broker(config: Config) -> Finding:
    """Say hello to the room hub as the service would, under another client id."""
    section = config.publish
    where = f"{section.host}:{section.port}"
    if not section.host:
        return bad("broker", "expected publish.host, got none", "sudo nano /etc/mimicry-edge/config.yaml")
    try:
        password = _password(section.password_file) if section.username else ""
        code = _connack(config, _connect(section.username, password))
    except (OSError, EdgeError) as error:
        fix = f"check address, port, tls and firewall: publish.host is {section.host}"
        return bad("broker", f"expected a room hub, got '{_why(error)}' at {where}", fix)
    reason = REASONS.get(code, f"return code {code}")
    text = f"{where} accepts the device" if code == 0 else f"{where} refuses the device: {reason}"
    return Finding("broker", code == 0, text, f"set publish.username and the password in {PASSWORD}")


def _password(file: str) -> str:
    """Return the password; outside the unit the credential's own file stands for it."""
    outside = not os.environ.get("CREDENTIALS_DIRECTORY") and "/" not in file
    return read_secret(str(PASSWORD) if outside else file)


def _connect(user: str, password: str) -> bytes:
    """Return an MQTT 3.1.1 CONNECT with a clean session."""
    texts = [f"mimicry-check-{os.getpid()}", *([user, password] if user else [])]
    body = b"\x00\x04MQTT\x04" + bytes([0xC2 if user else 0x02]) + b"\x00\x0a"
    body += b"".join(len(text.encode()).to_bytes(2, "big") + text.encode() for text in texts)
    length, left = b"", len(body)
    while left > 0x7F:
        length, left = length + bytes([left & 0x7F | 0x80]), left >> 7
    return b"\x10" + length + bytes([left]) + body


def _connack(config: Config, packet: bytes) -> int:
    section = config.publish
    with socket.create_connection((section.host, section.port), BROKER_S) as plain:
        wrapped = (
            tls_context(section).wrap_socket(plain, server_hostname=section.host) if section.tls else plain
        )
        with wrapped:
            wrapped.sendall(packet)
            answer = wrapped.recv(4)
    if len(answer) < 4 or answer[0] != 0x20:
        raise PublishError("no MQTT answer")
    return answer[3]


def _why(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    return getattr(error, "strerror", None) or str(error)
