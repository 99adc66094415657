"""Credentials: read from files or systemd credentials when needed, never kept in the configuration."""

import os
import ssl
from pathlib import Path

from edge.config.sections import PublishSection
from edge.credentials import client_context, password_of

SYSTEMD_CREDENTIAL = "mqtt_password"


def read_secret(name: str) -> str:
    """Return the first line of the file; a bare name is looked up among systemd's credentials."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY", "")
    path = Path(folder, name) if folder and "/" not in name else Path(name)
    return password_of(path, "publish.password_file")


def tls_context(section: PublishSection) -> ssl.SSLContext:
    """Return the context of the configuration's certificates."""
    return client_context(section.ca_file, section.cert_file, section.key_file, where="publish.")
