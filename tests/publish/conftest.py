"""Fixtures: a broker, a listener, publishers that are closed at the end."""

import subprocess

import pytest

from edge.config.sections import PublishSection
from edge.publish import Publisher
from tests.publish.broker import Listener

BASE = "site/devices/dev-1"


def section(port, **more):
    """Return a section for a plain broker on loopback."""
    return PublishSection(**({"host": "127.0.0.1", "port": port, "tls": False, "device_id": "dev-1"} | more))


def tls_listener(folder, name, more=""):
    """Return the lines of a listener with one of the `certificates`."""
    return f"cafile {folder}/ca.pem\ncertfile {folder}/{name}.pem\nkeyfile {folder}/{name}.key\n{more}"


def users(folder, name, password="right"):
    """Return the lines of a broker that lets only this user in."""
    file = folder / "users"
    subprocess.run(["mosquitto_passwd", "-b", "-c", str(file), name, password], check=True)
    return f"password_file {file}\nallow_anonymous false"


@pytest.fixture
def listener(broker):
    """Hear everything."""
    with Listener(broker.port) as ear:
        yield ear


@pytest.fixture
def publisher(tmp_path):
    """Return a factory of publishers on the test's folder."""
    made = []

    def make(port, *, muted=False, on_command=None, clock=None, start=True, state="state", pace=None, **more):
        one = Publisher(
            section(port, **more),
            tmp_path / state,
            muted=muted,
            on_command=on_command,
            clock=clock,
            pace=pace,
            profile="research",
        )
        made.append(one)
        if start:
            one.start()
        return one

    yield make
    for one in made:
        one.close()


def _run(command, folder):
    subprocess.run(command.split(), check=True, cwd=folder, capture_output=True)


@pytest.fixture(scope="session")
def certificates(tmp_path_factory):
    """Return the folder of `make_certificates`."""
    folder = tmp_path_factory.mktemp("tls")
    make_certificates(folder)
    return folder


def make_certificates(folder):
    """Make two authorities, and certificates that are good, expired, and for another host."""
    identifiers = "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"  # Python 3.13 asks for them
    (folder / "local").write_text(f"{identifiers}subjectAltName=IP:127.0.0.1,DNS:localhost")
    (folder / "other").write_text(f"{identifiers}subjectAltName=DNS:other.example")
    (folder / "index.txt").write_text("")
    (folder / "ca.conf").write_text(
        "[ca]\ndefault_ca=x\n[x]\ndatabase=index.txt\nnew_certs_dir=.\nrand_serial=yes\n"
        "default_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n"
    )
    for name in ("ca", "stranger"):
        request = f"openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN={name}"
        request += " -addext keyUsage=critical,keyCertSign,cRLSign"
        _run(f"{request} -keyout {name}.key -out {name}.pem", folder)
    for name, names, until_year in (
        ("good", "local", 2040),
        ("expired", "local", 2021),
        ("host", "other", 2040),
    ):
        request = f"openssl req -newkey rsa:2048 -nodes -subj /CN={name}"
        _run(f"{request} -keyout {name}.key -out {name}.csr", folder)
        sign = "openssl ca -batch -notext -config ca.conf -cert ca.pem -keyfile ca.key"
        dates = f"-startdate 20200101000000Z -enddate {until_year}0101000000Z"
        _run(f"{sign} {dates} -extfile {names} -in {name}.csr -out {name}.pem", folder)
