"""The unit and its companions, judged by systemd's own tools."""

import json
import shutil
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest

from edge.cli import COMMANDS, EXIT_CONFIG
from edge.cli._finding import PASSWORD
from edge.config.sections import ServiceSection
from edge.pipeline.commands import EXIT_RESTART
from edge.publish.secret import SYSTEMD_CREDENTIAL
from edge.service._heartbeat import FRESH_S, RUNTIME

SYSTEMD = Path(__file__).parents[2] / "systemd"
UNIT = SYSTEMD / "mimicry-edge.service"
DROP_INS = sorted((SYSTEMD / "drop-ins").glob("*.conf"))
EXPOSURE_MAX = 1.6

needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")


def _installed(folder, *drop_ins):
    """Copy the unit as if installed; the program that it starts is one that exists."""
    text = UNIT.read_text().replace("/opt/mimicry-edge/bin/mimicry-edge run", "/bin/true run")
    (folder / UNIT.name).write_text(text)
    (folder / f"{UNIT.name}.d").mkdir()
    for drop_in in drop_ins:
        shutil.copy(drop_in, folder / f"{UNIT.name}.d")
    return folder / UNIT.name


def _run(*command):
    return subprocess.run(command, check=False, capture_output=True, text=True)


@needs_systemd
@pytest.mark.parametrize("drop_in", [None, *DROP_INS], ids=lambda path: path.stem if path else "bare")
def test_verify_is_clean(tmp_path, drop_in):
    """`systemd-analyze verify` has nothing to say about the unit, with any board's drop-in."""
    done = _run("systemd-analyze", "verify", str(_installed(tmp_path, *([drop_in] if drop_in else []))))
    ours = [line for line in (done.stdout + done.stderr).splitlines() if "mimicry" in line]
    assert (ours, done.returncode) == ([], 0)


@needs_systemd
def test_exposure_is_low(tmp_path):
    """`systemd-analyze security` gives at most 1.6."""
    done = _run(
        *("systemd-analyze", "security", "--offline=true", "--no-pager"),
        *("--threshold=16", "--json=short", str(_installed(tmp_path))),
    )
    assert done.returncode == 0, done.stderr
    table = json.loads(done.stdout)
    assert sum(float(row["exposure"] or 0) for row in table if not row["set"]) > 0
    shown = _run("systemd-analyze", "security", "--offline=true", "--no-pager", str(tmp_path / UNIT.name))
    overall = (shown.stdout + shown.stderr).split("Overall exposure level for mimicry-edge.service: ")[1]
    assert float(overall.split()[0]) <= EXPOSURE_MAX


def _settings():
    """Return the directives of the unit, each with its values."""
    found = defaultdict(list)
    for line in UNIT.read_text().splitlines():
        name, given, value = line.partition("=")
        if given and not line.startswith("#"):
            found[name].append(value)
    return found


def test_the_unit_agrees_with_the_program():
    """Command, folders, credential, exit status and watchdog of the unit are those that the program has."""
    unit = _settings()
    assert unit["ExecStart"][0].split()[1] in COMMANDS
    assert unit["RestartPreventExitStatus"] == [f"0 {EXIT_CONFIG}"]
    assert unit["SuccessExitStatus"] == [str(EXIT_RESTART)]
    assert str(EXIT_RESTART) not in unit["RestartPreventExitStatus"][0].split()
    assert f"/var/lib/{unit['StateDirectory'][0]}" == ServiceSection().state_dir
    assert f"/run/{unit['RuntimeDirectory'][0]}" == RUNTIME
    assert unit["LoadCredential"] == [f"{SYSTEMD_CREDENTIAL}:{PASSWORD}"]
    assert float(unit["WatchdogSec"][0].removesuffix("s")) > FRESH_S


def test_booting_waits_for_no_network():
    """No directive of the unit names network-online: a device without a network must start."""
    assert not [value for values in _settings().values() for value in values if "network-online" in value]


@pytest.mark.skipif(shutil.which("systemd-sysusers") is None, reason="needs systemd-sysusers")
def test_the_user_is_made(tmp_path):
    """Systemd makes the user in the groups of camera and accelerator, in an empty root."""
    (tmp_path / "etc").mkdir()
    done = _run("systemd-sysusers", f"--root={tmp_path}", str(SYSTEMD / "mimicry-edge.sysusers"))
    assert done.returncode == 0, done.stderr
    groups = (tmp_path / "etc/group").read_text().splitlines()
    members = {line.split(":")[0] for line in groups if line.split(":")[3] == "mimicry"}
    assert members == {"video", "render"}
    assert "mimicry:x:" in (tmp_path / "etc/passwd").read_text()


def test_scripts_parse():
    """The installation's shell scripts parse."""
    for script in (
        *SYSTEMD.glob("*.sh"),
        *(SYSTEMD / "debian" / name for name in ("postinst", "postrm", "prerm")),
    ):
        assert _run("sh", "-n", str(script)).stderr == ""
