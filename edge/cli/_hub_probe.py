"""Asks the room hub what it does for the device, without disturbing the session of the running service."""

import os

from edge.cli._finding import PASSWORD, Finding, bad, ok
from edge.config import Config
from edge.config.sections import PublishSection
from edge.errors import PublishError
from edge.publish import Hello, probe
from edge.publish.mqtt.client import address
from edge.publish.secret import read_secret


def broker(config: Config) -> Finding:
    """Connect to the room hub as the service would, under another client id; send and hear a message."""
    section = config.publish
    if not section.host:
        return bad("broker", "expected publish.host, got none", "sudo nano /etc/mimicry-edge/config.yaml")
    try:
        password = password_of(section)
        hello = probe(section, f"mimicry-check-{os.getpid()}", password)
    except PublishError as error:
        return bad("broker", str(error), _fix(str(error), section.host))
    return _judged(hello, address(section))


def _fix(reason: str, host: str) -> str:
    """Return what to do about a broker that could not be reached."""
    if "trusted TLS" in reason:
        return f"check publish.tls and ca_file, and that the hub's certificate is valid and names {host}"
    if "publish.password_file" in reason:
        return f"write the password into {PASSWORD} as UTF-8 text, or set publish.password_file"
    if "publish.ca_file" in reason or "publish.cert_file" in reason:
        return "copy the file there, readable for the service's user"
    return f"check address, port, tls and firewall: publish.host is {host}"


def _judged(hello: Hello, where: str) -> Finding:
    """Return what the broker's answers mean."""
    name = hello.topics.device_id
    if not hello.outcome.connected:
        reason = hello.outcome.reason or "no MQTT answer"
        login = f"set publish.username and the password in {PASSWORD}"
        fix = login if hello.outcome.code else "check publish.port, tls, cert_file and key_file"
        return bad("broker", f"{where} refuses the device: {reason}", fix)
    fix = f"let the broker's access list allow the device to write below {hello.topics.base} and to read its "
    fix += f"requests; with the list in firmware_configs/hub the device's user is called {name}"
    if hello.refused:
        text = f"{where} accepts {name}, but refuses to let it read {', '.join(hello.refused)}"
        return bad("broker", text, fix)
    if hello.unheard:
        text = f"{where} accepts {name}, but nothing sent to {', '.join(hello.unheard)} arrives"
        return bad("broker", text, fix)
    return ok("broker", f"{where} accepts the device, {name} is heard and hears")


def password_of(section: PublishSection) -> str:
    """Return the password; outside the unit it is read from the credential's own file."""
    if not section.username:
        return ""
    file = section.password_file
    outside = not os.environ.get("CREDENTIALS_DIRECTORY") and "/" not in file
    return read_secret(str(PASSWORD) if outside else file)
