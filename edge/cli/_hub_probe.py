"""Says hello to the room hub without disturbing the session of the running service."""

import os

from edge.cli._finding import PASSWORD, Finding, bad
from edge.config import Config
from edge.errors import PublishError
from edge.publish import probe
from edge.publish.secret import read_secret


def broker(config: Config) -> Finding:
    """Connect to the room hub as the service would, under another client id."""
    section = config.publish
    where = f"{section.host}:{section.port}"
    if not section.host:
        return bad("broker", "expected publish.host, got none", "sudo nano /etc/mimicry-edge/config.yaml")
    try:
        password = _password(section.password_file) if section.username else ""
        answer = probe(section, f"mimicry-check-{os.getpid()}", password)
    except PublishError as error:
        return bad(
            "broker", str(error), f"check address, port, tls and firewall: publish.host is {section.host}"
        )
    text = f"{where} accepts the device"
    if not answer.connected:
        text = f"{where} refuses the device: {answer.reason or 'no MQTT answer'}"
    fix = f"set publish.username and the password in {PASSWORD}"
    return Finding("broker", answer.connected, text, fix)


def _password(file: str) -> str:
    """Return the password; outside the unit it is read from the credential's own file."""
    outside = not os.environ.get("CREDENTIALS_DIRECTORY") and "/" not in file
    return read_secret(str(PASSWORD) if outside else file)
