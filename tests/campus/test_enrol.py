"""Fifty rooms from one table: each may do its own and nothing else, with what was made for it."""

import ssl
import stat
import subprocess
from contextlib import ExitStack, closing

import pytest

from edge.cli import main
from edge.config import load
from edge.publish import Publisher
from tests.campus.conftest import rows
from tests.publish.broker import Broker, until
from tests.publish.conftest import section

ROOMS = 50
SUMMARY = {"t_s": 0.0, "people": 3}
HEAD = "device,room,floor,building,serial\n"


def table(folder, count=ROOMS):
    """Return a table of rooms."""
    lines = [f"mimicry-{k:04x},2F{k:02d},{k % 5},north,{k:08x}\n" for k in range(count)]
    (folder / "rooms.csv").write_text("\ufeff" + HEAD + "".join(lines), encoding="utf-8")
    return folder / "rooms.csv"


def run(folder, *more):
    """Run the command on the folder's table."""
    words = ["--host", "hub.example", "--site", "hq", "--out", str(folder / "out"), *more]
    return main(["enrol", str(folder / "rooms.csv"), *words])


def test_fifty_rooms(tmp_path, store):
    """Every configuration loads, names its own device and room, and every secret is its owner's alone."""
    table(tmp_path)
    address = store.engine.url.render_as_string()
    assert run(tmp_path, "--store", address) == 0
    folders = sorted((tmp_path / "out/devices").iterdir())
    made = [load(folder / "config.yaml").publish for folder in folders]
    assert [one.device_id for one in made] == [f"mimicry-{k:04x}" for k in range(ROOMS)]
    assert [one.room_id for one in made] == [f"2F{k:02d}" for k in range(ROOMS)]
    assert {one.keep_h for one in made} == {24.0}
    assert len({(folder / "mqtt_password").read_text() for folder in folders}) == ROOMS
    secrets = [tmp_path / "out/rooms.passwd", *(folder / "mqtt_password" for folder in folders)]
    assert {stat.S_IMODE(path.stat().st_mode) for path in secrets} == {0o600}
    found = rows(
        store, "SELECT count(*), count(DISTINCT room), count(DISTINCT floor) FROM device WHERE site='hq'"
    )
    assert found == [(ROOMS, ROOMS, 5)]


def test_a_real_broker_obeys(tmp_path):
    """With these files a room publishes and hears its own; another's topics and passwords are refused."""
    table(tmp_path, 2)
    run(tmp_path)
    out, names = tmp_path / "out", ("mimicry-0000", "mimicry-0001")
    files = [str(out / "devices" / name / "mqtt_password") for name in names]
    own = {"site": "hq", "room_id": "2F00", "device_id": names[0], "username": names[0]}
    wrong = own | {"username": names[1], "password_file": files[1]}
    extra = f"allow_anonymous false\npassword_file {out}/rooms.passwd\nacl_file {out}/rooms.acl"
    with Broker(tmp_path / "broker", extra=extra) as broker, ExitStack() as ends:
        room, stranger, thief = (
            ends.enter_context(closing(Publisher(section(broker.port, **more), tmp_path / name, muted=False)))
            for name, more in (
                ("room", own | {"password_file": files[0]}),
                ("stranger", own | {"password_file": files[1]}),
                ("thief", wrong),
            )
        )
        room.start()
        room.publish_summary(SUMMARY)
        assert room.drain(60)
        assert (room.counters.refused, room.troubles) == (0, [])
        room.close()
        stranger.start()
        until(lambda: "Not authorized" in stranger.session.reason)
        thief.start()
        thief.publish_summary(SUMMARY)
        until(lambda: thief.counters.refused)


def test_a_second_run_keeps_what_exists(tmp_path):
    """Passwords stay; a room that left the table leaves the broker's files, a new one is added."""
    table(tmp_path, 3)
    run(tmp_path)
    before = {path: path.read_text() for path in (tmp_path / "out").rglob("mqtt_password")}
    text = (tmp_path / "rooms.csv").read_text(encoding="utf-8-sig").splitlines(keepends=True)
    (tmp_path / "rooms.csv").write_text("".join([text[0], *text[2:]]) + "new,3A01,3,south,ff\n")
    run(tmp_path)
    assert {path: path.read_text() for path in before} == before
    users = [line.split(":")[0] for line in (tmp_path / "out/rooms.passwd").read_text().splitlines()]
    assert users == ["mimicry-0001", "mimicry-0002", "new"]
    assert "mimicry-0000" not in (tmp_path / "out/rooms.acl").read_text()


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("device,floor\na,1\n", "no room"),
        ("device,room\na,1\na,2\n", "each device once, got 'a' at {0}:2 and 3"),
        (HEAD + "a,1,,,77\nb,2,,,77\n", "each serial once, got '77' at {0}:2 and 3"),
        ("device,room\na.b,1\n", "'a.b' at {0}:2: device"),
        ("device,room\na,x/y\n", "'x/y' at {0}:2: room"),
        ("device,room\na\n", "'' at {0}:2: room"),
        ("", "no device"),
    ],
)
def test_a_wrong_table_is_refused(tmp_path, capsys, lines, told):
    """A copied image, a device without a room, a name that is no topic level: nothing is made."""
    (tmp_path / "rooms.csv").write_text(lines)
    assert run(tmp_path) == 1
    assert told.format(tmp_path / "rooms.csv") in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("mark", [";", "\t"])
def test_tables_of_other_spreadsheets(tmp_path, mark):
    """Semicolons and tabs cut the table of rooms as commas do."""
    path = table(tmp_path, 2)
    path.write_text(path.read_text(encoding="utf-8").replace(",", mark), encoding="utf-8")
    assert run(tmp_path) == 0
    assert len(list((tmp_path / "out/devices").iterdir())) == 2


def test_certificates(tmp_path):
    """With the hub's authority each room gets a client certificate that a strict hub takes."""
    table(tmp_path, 1)
    make = ["sh", "firmware_configs/hub/make-certificates.sh", str(tmp_path / "hub"), "127.0.0.1"]
    subprocess.run(make, check=True, capture_output=True)
    assert run(tmp_path, "--authority", str(tmp_path / "hub")) == 0
    own = tmp_path / "out/devices/mimicry-0000"
    assert stat.S_IMODE((own / "client.key").stat().st_mode) == 0o600
    check = [
        "openssl",
        "verify",
        "-x509_strict",
        "-purpose",
        "sslclient",
        "-CAfile",
        str(tmp_path / "hub/ca.pem"),
    ]
    subprocess.run([*check, str(own / "client.pem")], check=True, capture_output=True)
    ssl.create_default_context().load_cert_chain(own / "client.pem", own / "client.key")
    assert load(own / "config.yaml").publish.cert_file == "/etc/mimicry-edge/client.pem"
