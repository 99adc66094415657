"""`check` against a real hub, real model files and folders that look like boards."""

import os
import socket
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from edge.cli import main
from edge.cli._findings import board, fitting
from tests.publish.broker import MOSQUITTO, Broker
from tests.publish.fake_broker import FakeBroker

ROOT = Path(__file__).parents[2]
WITHOUT_PICAMERA2 = pytest.mark.skipif(find_spec("picamera2") is not None, reason="has picamera2")


@pytest.fixture
def hub(tmp_path):
    """Start a real Mosquitto that wants a password; return its port."""
    if not Path(MOSQUITTO).exists():
        pytest.skip("needs mosquitto")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    passwords = tmp_path / "passwords"
    subprocess.run(["mosquitto_passwd", "-c", "-b", str(passwords), "box", "right"], check=True)
    passwords.chmod(0o644)
    (tmp_path / "hub.conf").write_text(f"listener {port} 127.0.0.1\npassword_file {passwords}\nuser root\n")
    command = [MOSQUITTO, "-c", str(tmp_path / "hub.conf")]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        assert any(line.endswith(" running\n") for line in server.stderr)
        yield port
        server.terminate()


def _check(tmp_path, capsys, port, password, skip):
    (tmp_path / "password").write_text(password)
    (tmp_path / "c.yaml").write_text(
        f"publish: {{host: 127.0.0.1, port: {port}, tls: false, username: box, device_id: dev-1,\n"
        f"  password_file: {tmp_path}/password}}\n"
        f"service: {{state_dir: {tmp_path}}}\n"
    )
    status = main(["check", "--config", str(tmp_path / "c.yaml"), "--skip", skip])
    return status, capsys.readouterr().out


OTHERS = "device,board,permissions,libraries,camera,models,delegate,clock,disk,temperature"


def test_the_hub_accepts_or_refuses(hub, tmp_path, capsys):
    """The hub's own answer decides: accepted, wrong password, wrong port; each failure names its fix."""
    status, out = _check(tmp_path, capsys, hub, "right", OTHERS)
    assert (status, out.splitlines()) == (
        0,
        [
            f"ok    config       {tmp_path}/c.yaml",
            f"ok    broker       127.0.0.1:{hub} accepts the device, dev-1 is heard and hears",
        ],
    )
    status, out = _check(tmp_path, capsys, hub, "wrong", OTHERS)
    assert status == 1
    assert f"FAIL  broker       127.0.0.1:{hub} refuses the device: Not authorized" in out
    assert "fix: set publish.username and the password in " in out
    status, out = _check(tmp_path, capsys, 1, "right", OTHERS)
    assert "FAIL  broker       expected a broker, got 'Connection refused' at 127.0.0.1:1" in out


@pytest.mark.parametrize(
    ("rules", "complaint"),
    [
        ("user box\ntopic write site/devices/dev-1/#\n", "nothing sent to {0}/cmd/hear/req, {0}/privacy/set"),
        ("user box\ntopic read site/#\n", "nothing sent to {0}/cmd/hear/req, {0}/privacy/set"),
        ("user box\ntopic write site/#\ntopic read {0}/cmd/+/req\n", "nothing sent to {0}/privacy/set"),
    ],
    ids=["reads nothing", "writes nothing", "hears no mute"],
)
def test_a_hub_that_keeps_requests_from_the_device(tmp_path, capsys, rules, complaint):
    """Accepted, but an access list lets no request through: `check` fails and names the topics."""
    base = "site/devices/dev-1"
    (tmp_path / "acl").write_text(rules.format(base))
    with Broker(tmp_path / "b", extra=f"acl_file {tmp_path}/acl") as strict:
        status, out = _check(tmp_path, capsys, strict.port, "any", OTHERS)
    assert status == 1
    assert f"accepts dev-1, but {complaint.format(base)} arrives" in out
    assert "fix: let the broker's access list allow the device to write below site/devices/dev-1" in out


def test_a_hub_that_refuses_subscriptions(tmp_path, capsys):
    """The topic that the broker does not let the device read is named."""
    fake = FakeBroker()
    fake.refused = ("site/rooms/room/privacy",)
    status, out = _check(tmp_path, capsys, fake.port, "any", OTHERS)
    fake.close()
    assert status == 1
    assert "accepts dev-1, but refuses to let it read site/rooms/room/privacy" in out


def test_a_bad_file_is_a_configuration_error(tmp_path, capsys):
    """A file with errors ends with exit 78 and every error."""
    (tmp_path / "c.yaml").write_text("publish: {hots: x, port: 0}")
    assert main(["check", "--config", str(tmp_path / "c.yaml")]) == 78
    assert main(["config", "validate", str(tmp_path / "c.yaml")]) == 78
    assert capsys.readouterr().err.count("c.yaml:1: publish.") == 4


def test_what_is_missing_is_named_with_its_fix(tmp_path, capsys):
    """Missing models and a missing picamera2 are FAIL with the command that helps."""
    (tmp_path / "c.yaml").write_text(f"tflite: {{models: {tmp_path}/none}}")
    skip = "board,permissions,camera,broker,clock,disk,temperature"
    assert main(["check", "--config", str(tmp_path / "c.yaml"), "--skip", skip]) == 1
    out = capsys.readouterr().out
    assert f"fix: sudo mimicry-edge models fetch --folder {tmp_path}/none" in out
    assert "fix: sudo apt install python3-picamera2 --no-install-recommends" in out


@pytest.mark.parametrize(
    ("camera", "fix"),
    [
        pytest.param("{}", "install what `libraries` asks for", marks=WITHOUT_PICAMERA2),
        ("{source: video, path: /nowhere.mp4}", "check camera.path"),
        (
            "{source: gstreamer, launch: nosuchelement}",
            "check that the camera is plugged in, and camera.launch",
        ),
    ],
)
def test_each_camera_has_a_fix_of_its_own(tmp_path, capsys, camera, fix):
    """What to do about a silent camera depends on its source, and on whether its library is there."""
    (tmp_path / "c.yaml").write_text(f"camera: {camera}")
    skip = "board,permissions,libraries,models,delegate,broker,clock,disk,temperature"
    assert main(["check", "--config", str(tmp_path / "c.yaml"), "--skip", skip]) == 1
    assert f"fix: {fix}" in capsys.readouterr().out


def _check_camera(tmp_path, launch, **environment):
    """Run `check` on a launch line in a process of its own; return its exit status and what it printed."""
    (tmp_path / "c.yaml").write_text(
        f"camera: {{source: gstreamer, launch: '{launch}'}}\npublish: {{host: hub}}"
    )
    skip = "board,permissions,models,delegate,broker,clock,disk,temperature"
    command = [sys.executable, "-m", "edge", "check", "--config", str(tmp_path / "c.yaml"), "--skip", skip]
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, env=os.environ | environment, cwd=ROOT
    )
    return done.returncode, done.stdout


def test_a_working_gstreamer_camera_is_ok(tmp_path):
    """A launch line that delivers pictures passes, without any Python binding of GStreamer."""
    status, out = _check_camera(tmp_path, "videotestsrc is-live=true ! video/x-raw,width=640,height=480")
    assert "ok    libraries    GStreamer has every element of camera.launch\n" in out
    assert "ok    camera       gstreamer delivers 640 x 480\n" in out
    assert status == 0


def test_missing_elements_are_named_with_their_packages(tmp_path):
    """Every element that no plug-in has is named once, with the packages that bring them."""
    status, out = _check_camera(tmp_path, "nvnone ! nosuch ! nosuch ! videoconvert")
    assert "expected every element of camera.launch in GStreamer, got no nvnone, nosuch\n" in out
    assert (
        "fix: sudo apt install nvidia-l4t-gstreamer gstreamer1.0-plugins-base gstreamer1.0-plugins-good;"
        in out
    )
    assert status == 1


def test_an_unusable_gstreamer_is_a_finding(tmp_path):
    """A GStreamer library that cannot be loaded fails with the packages that bring it."""
    (tmp_path / "libgstreamer-1.0.so.0").touch()
    status, out = _check_camera(tmp_path, "videotestsrc", LD_LIBRARY_PATH=str(tmp_path))
    assert "FAIL  libraries    expected GStreamer, got " in out
    assert "fix: sudo apt install gstreamer1.0-plugins-base gstreamer1.0-plugins-good\n" in out
    assert status == 1


@pytest.mark.parametrize(
    ("model", "sensors", "expected"),
    [
        ("Raspberry Pi 5 Model B Rev 1.0", "imx708", "pi5-imx708"),
        ("Raspberry Pi 5 Model B Rev 1.0", "imx296", "pi5-global-shutter"),
        ("Raspberry Pi 4 Model B Rev 1.4", "imx219", "pi4-imx219"),
        ("Raspberry Pi 4 Model B Rev 1.4", "", "pi4-imx219"),
        ("NVIDIA Jetson Orin Nano Developer Kit", "", "jetson-orin-csi"),
        ("no device tree (x86_64)", "", "usb-camera"),
    ],
)
def test_which_configuration_fits(tmp_path, model, sensors, expected):
    """The board's name and its camera sensors choose the firmware configuration."""
    assert fitting(model, sensors) == expected
    tree, video = tmp_path / "sys/firmware/devicetree/base", tmp_path / "sys/class/video4linux/v4l-subdev0"
    tree.mkdir(parents=True)
    video.mkdir(parents=True)
    (tree / "model").write_bytes(model.encode() + b"\0")
    (video / "name").write_text(f"{sensors} 10-001a\n")
    assert board(tmp_path).text == f"{model}: firmware_configs/{expected}.yaml fits"
