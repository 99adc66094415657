"""What `check` looks at, one function for each subject: whether it is fine, and if not, the exact fix."""

import grp
import os
import pwd
import time
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path

from edge import models
from edge.cli._cameras import cameras
from edge.cli._finding import PASSWORD, Finding, bad, ok
from edge.cli._hub_probe import broker
from edge.cli._libraries import libraries
from edge.config import Config, require_service
from edge.errors import ConfigError, EdgeError
from edge.mesh import FaceMesh
from edge.publish import SystemClock, this_device
from edge.service import (
    PROGRESS,
    SystemHealth,
    SystemProbe,
    hub_troubles,
    runtime_file,
)
from edge.tflite import manifest
from edge.topic import site_root

USER = "mimicry"


def findings(
    config: Config, skipped: AbstractSet[str] = frozenset(), root: Path = Path("/")
) -> Iterator[Finding]:
    """Look at everything but the skipped subjects, one finding after the other."""
    looks: dict[str, Callable[[], Iterable[Finding]]] = {
        "device": lambda: [device(config)],
        "board": lambda: [board(root)],
        "permissions": lambda: permissions(config),
        "libraries": lambda: map(libraries, config.views),
        "camera": lambda: cameras(config),
        "models": lambda: model_files(config),
        "delegate": lambda: [delegate(config)],
        "broker": lambda: [broker(config)],
        "service": service,
        "clock": lambda: [clock(root)],
        "disk": lambda: [disk(config, root)],
        "temperature": lambda: temperature(config, root),
    }
    for subject, look in looks.items():
        if subject not in skipped:
            yield from look()


def configuration(config: Config, path: Path | None) -> Finding:
    """Return whether the service runs with the file, which has been read."""
    if path is None:
        return ok("config", "no file: the defaults")
    try:
        require_service(config, path)
    except ConfigError as error:
        return bad("config", "; ".join(error.problems), f"sudo nano {path}")
    return ok("config", str(path))


def device(config: Config) -> Finding:
    """Name the device and where it publishes, as the hub's access list must know it."""
    own = this_device(config.publish.device_id)
    why = "" if config.publish.device_id else ", from the serial of board or system"
    base = f"{site_root(config.publish.topic_prefix, config.publish.site)}/devices/{own.device_id}"
    return ok("device", f"{own.device_id}{why}; topics below {base}")


def board(root: Path) -> Finding:
    """Name the board and the firmware configuration that fits it."""
    try:
        name = (
            (root / "sys/firmware/devicetree/base/model").read_bytes().rstrip(b"\0").decode(errors="replace")
        )
    except OSError:
        name = f"no device tree ({os.uname().machine})"
    return ok("board", f"{name}: firmware_configs/{fitting(name, _sensors(root))}.yaml fits")


def fitting(board_name: str, sensors: str) -> str:
    """Choose the firmware configuration of a board and its camera sensors."""
    if "Jetson" in board_name or "NVIDIA" in board_name:
        return "jetson-orin-csi"
    if "Raspberry Pi" not in board_name:
        return "usb-camera"
    if "imx296" in sensors:
        return "pi5-global-shutter"
    return "pi4-imx219" if "imx219" in sensors or "Pi 4" in board_name else "pi5-imx708"


def permissions(config: Config) -> Iterator[Finding]:
    """Check the state folder, the service's user and its groups, the password's file mode."""
    state = Path(config.service.state_dir)
    fix = "sudo /opt/mimicry-edge/systemd/set-up.sh"
    writable = state.is_dir() and os.access(state, os.W_OK)
    yield Finding(
        "state", writable, f"{state} {'is' if writable else 'is not'} writable", f"{fix}; run as {USER}"
    )
    try:
        groups = {group.gr_name for group in grp.getgrall() if USER in group.gr_mem}
        groups.add(grp.getgrgid(pwd.getpwnam(USER).pw_gid).gr_name)
        missing = {"video"} - groups
        yield Finding(
            "user", not missing, f"{USER} is in {', '.join(sorted(groups))}", f"sudo adduser {USER} video"
        )
    except KeyError:
        yield bad("user", f"expected the user {USER}, got none", fix)
    if PASSWORD.exists():
        private = PASSWORD.stat().st_mode & 0o077 == 0
        yield Finding(
            "password",
            private,
            f"{PASSWORD} mode {PASSWORD.stat().st_mode & 0o777:o}",
            f"sudo chmod 600 {PASSWORD}",
        )


def model_files(config: Config) -> Iterator[Finding]:
    """Compare every model file with its hash."""
    folder = manifest.folder(config.tflite)
    fix = f"sudo mimicry-edge models fetch --folder {folder}"
    try:
        files = models.listing(folder)
    except EdgeError as error:
        yield bad("models", str(error), fix)
        return
    for file in files:
        if file.trouble:
            yield bad("models", file.trouble, fix)
    if not any(file.trouble for file in files):
        yield Finding("models", bool(files), f"{len(files)} files with the expected hashes in {folder}", fix)


def delegate(config: Config) -> Finding:
    """Load the face mesh where the configuration wants it."""
    wanted = config.tflite.accelerator
    try:
        model = FaceMesh(config.faces, config.tflite).model
    except EdgeError as error:
        return bad("delegate", str(error), "mimicry-edge models verify")
    why = f": {model.degraded}" if model.degraded else ""
    text = f"the face mesh, {model.variant}, runs on {model.accelerator}{why}"
    return Finding("delegate", model.accelerator == wanted, text, "see docs/troubleshooting.md: accelerator")


def service() -> Iterator[Finding]:
    """Look at what the hub refuses the running service; without one there is nothing to see."""
    try:
        troubles = hub_troubles(runtime_file(PROGRESS))
    except EdgeError:
        return
    for trouble in troubles:
        what, _, remedy = trouble.partition(": ")
        yield bad("service", what, remedy)
    if not troubles:
        yield ok("service", "running, and the hub refuses it nothing")


def clock(root: Path) -> Finding:
    """Check that the network has set the clock; the service runs without, its times are then doubtful."""
    synced = SystemClock(root).synced()
    text = "set by the network" if synced else "not set by the network"
    return Finding("clock", synced, text, "sudo timedatectl set-ntp true")


def disk(config: Config, root: Path) -> Finding:
    """Check the room for the spool."""
    health = _health(config, root)
    share = health.disk_share or 0.0
    fine = "disk" not in health.troubles
    return Finding("disk", fine, f"{share:.0%} free", "free some space: below 5 % nothing is spooled")


def temperature(config: Config, root: Path) -> Iterator[Finding]:
    """Check temperature and power supply, where the board reports them."""
    health = _health(config, root)
    if health.temp_c is not None:
        fine = not {"hot", "throttled"} & set(health.troubles)
        fix = "add a heat sink or a fan; check the power supply"
        yield Finding("temperature", fine, f"{health.temp_c:.0f} degrees", fix)


def _health(config: Config, root: Path) -> SystemHealth:
    folder = _existing(Path(config.service.state_dir))
    return SystemProbe(folder, root).read(time.monotonic(), time.time())


def _sensors(root: Path) -> str:
    """Names of the camera sensors that the kernel has bound."""
    names = sorted((root / "sys/class/video4linux").glob("v4l-subdev*/name"))
    return " ".join(name.read_text(errors="replace") for name in names).lower()


def _existing(path: Path) -> Path:
    """Return the nearest folder above that exists."""
    return next((folder for folder in (path, *path.parents) if folder.exists()), Path("/"))
