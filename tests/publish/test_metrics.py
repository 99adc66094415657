"""Prometheus text of the health message, over HTTP and TLS, read by the rules of its format."""

import json
import math
import re
import socket
import ssl
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from edge.config import parse
from edge.config.sections import PublishSection
from edge.credentials import client_context
from edge.errors import ConfigError, PublishError
from edge.publish.building.exposition import FAMILIES, exposition
from edge.publish.building.metrics import Metrics

LINE = re.compile(r"(?P<name>[a-z_][a-z0-9_]*)(\{(?P<labels>.*)\})? (?P<value>\S+)")
LABEL = re.compile(r'([a-z_]+)="((?:[^"\\]|\\["\\n])*)"')
OWN = (("device", "dev-1"), ("room", 'a "b" \\'))
HEALTH = {
    "software": "0.1.0",
    "profile": "workplace",
    "uptime_s": 90_211,
    "mode": "run",
    "condition": "nobody",
    "clock": "synced",
    "camera": {"state": "ok", "fps": 29.97, "frame_age_ms": None, "dropped": 12, "restarts": 1,
               "refused": {"late": 3, "repeated": 0}},
    "infer": {"p50_ms": 7.1, "faces": 4, "every_n": 1},
    "missing": {"down": 0.25},
    "mqtt": {"connected": True, "deaf": False, "acked": 123_456_789, "troubles": ["x", "y"]},
    "spool": {"rows": 0, "mode": "disk"},
    "sys": {"temp_c": 61.2, "rss_mb": 192.5, "troubles": ["hot"]},
    "config": {"problems": []},
}  # fmt: skip


def read(text):
    """Read the format 0.0.4: samples by name and labels; AssertionError where a rule is broken."""
    samples, kinds, helped, current = {}, {}, set(), ""
    for line in text.splitlines():
        if line.startswith("# "):
            _, word, name, rest = line.split(" ", 3)
            assert name not in (helped if word == "HELP" else kinds), f"{word} {name} twice"
            helped.add(name) if word == "HELP" else kinds.update({name: rest})
            current = name
            continue
        found = LINE.fullmatch(line)
        assert found, line
        name, labels = found["name"], found["labels"] or ""
        assert name == current, f"{name} away from its family"
        assert (kinds[name], name.endswith("_total")) in {("gauge", False), ("counter", True)}
        assert re.sub(LABEL, "", labels).strip(",") == ""
        key = (name, tuple(LABEL.findall(labels)))
        assert key not in samples, f"{key} twice"
        samples[key] = float(found["value"])
    assert helped == set(kinds)
    assert text.endswith("\n")
    return samples


def test_every_value_is_a_typed_sample():
    """Base units, `_total` for counters, state-sets for words, labels of the device; null has no sample."""
    samples = read(exposition(HEALTH, OWN))
    own = (("device", "dev-1"), ("room", 'a \\"b\\" \\\\'))

    def at(name, **labels):
        return samples[f"mimicry_{name}", own + tuple(labels.items())]

    assert at("info", version="0.1.0", profile="workplace") == 1
    assert at("uptime_seconds") == 90_211
    assert at("camera_dropped_frames_total") == 12
    assert at("camera_refused_frames_total", reason="late") == 3
    assert math.isclose(at("infer_median_seconds"), 0.0071)
    assert at("memory_resident_bytes") == 192_500_000
    assert at("mqtt_acknowledged_total") == 123_456_789
    assert (at("mqtt_connected"), at("mqtt_deaf"), at("mqtt_troubles")) == (1, 0, 2)
    assert (at("condition", condition="nobody"), at("condition", condition="muted")) == (1, 0)
    assert (at("board_trouble", trouble="hot"), at("board_trouble", trouble="disk")) == (1, 0)
    assert not [name for name, _ in samples if "frame_age" in name]


def test_the_table_names_what_there_is():
    """Each family finds its value in a health message that fits the schema, or in what the pipeline adds."""
    mqtt = json.loads(Path("edge/publish/schemas/health.json").read_text())["properties"]["mqtt"][
        "properties"
    ]
    paths = {family.path for family in FAMILIES}
    assert {path for path in paths if path.startswith("mqtt.")} == {f"mqtt.{name}" for name in mqtt}
    assert exposition({}) == ""


def _ask(url, context=None):
    with urllib.request.urlopen(url, timeout=5, context=context) as answer:
        return answer.read().decode()


def test_a_scrape(certificates):
    """Plain on loopback; with a certificate over TLS, and with an authority only for its own clients."""
    files = {name: str(certificates / f"good.{end}") for name, end in (("cert", "pem"), ("key", "key"))}
    own = PublishSection(metrics_port=0, metrics_cert_file=files["cert"], metrics_key_file=files["key"],
                         metrics_ca_file=str(certificates / "ca.pem"))  # fmt: skip
    plain, locked = Metrics(PublishSection(), OWN), Metrics(own, OWN)
    try:
        plain.health = locked.health = HEALTH
        assert read(_ask(f"http://127.0.0.1:{plain.port}/metrics"))
        with pytest.raises(urllib.error.HTTPError, match="404"):
            _ask(f"http://127.0.0.1:{plain.port}/")
        context = ssl.create_default_context(cafile=certificates / "ca.pem")
        with pytest.raises((OSError, ssl.SSLError)):
            _ask(f"https://127.0.0.1:{locked.port}/metrics", context)
        context.load_cert_chain(files["cert"], files["key"])
        assert read(_ask(f"https://127.0.0.1:{locked.port}/metrics", context))
    finally:
        plain.close()
        locked.close()


def test_a_scrape_over_the_newer_protocol():
    """An address of IPv6 is served too."""
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("needs IPv6 on loopback")
    own = Metrics(PublishSection(metrics_host="::1"), OWN)
    own.health = HEALTH
    assert read(_ask(f"http://[::1]:{own.port}/metrics"))
    own.close()


def test_what_cannot_be_served_is_named(tmp_path, certificates):
    """A taken port, a locked key are one error; without a certificate the configuration refuses a network."""
    key = tmp_path / "locked.key"
    command = f"openssl rsa -aes256 -passout pass:x -in {certificates}/good.key -out {key}"
    subprocess.run(command.split(), check=True, capture_output=True)
    own = PublishSection(metrics_cert_file=f"{certificates}/good.pem", metrics_key_file=str(key))
    with pytest.raises(PublishError, match=r"got 'a key with a passphrase' at publish\.metrics"):
        Metrics(own, OWN)
    with pytest.raises(PublishError, match=r"got 'a key with a passphrase' at publish\.cert_file"):
        client_context("", own.metrics_cert_file, str(key), where="publish.")
    first = Metrics(PublishSection(), OWN)
    with pytest.raises(PublishError, match=f"127.0.0.1:{first.port}, got 'Address already in use'"):
        Metrics(PublishSection(metrics_port=first.port), OWN)
    first.close()
    with pytest.raises(ConfigError, match=r"metrics_cert_file: expected a certificate for 0.0.0.0"):
        parse("publish: {metrics_host: 0.0.0.0}", "c.yaml")
