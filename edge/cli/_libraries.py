"""Which library the camera source lacks, and the Debian package that brings it."""

import subprocess
import sys
from collections.abc import Iterable

from edge.camera.gst import missing_elements
from edge.camera.usb import lines
from edge.cli._finding import Finding, bad, ok
from edge.config.sections import CameraSection
from edge.errors import CameraError

IMPORTS = {"picamera2": "import libcamera, picamera2", "video": "import av", "stage": "import av"}
PACKAGES = {
    "picamera2": "python3-picamera2 --no-install-recommends",
    "video": "python3-av",
    "stage": "python3-av",
}
PLUGINS = {
    "nv": "nvidia-l4t-gstreamer",
    "avdec_": "gstreamer1.0-libav",
    "libcamera": "gstreamer1.0-libcamera",
}
"""How element names outside Debian's base and good plug-ins begin, and the package that has them."""
COMMON_PLUGINS = "gstreamer1.0-plugins-base gstreamer1.0-plugins-good"


def libraries(section: CameraSection) -> Finding:
    """Check that the library of the camera source can be used."""
    if section.source == "usb":
        return _elements(lines(section), "the USB camera")
    return (
        _elements([section.launch], "camera.launch")
        if section.source == "gstreamer"
        else _importable(section.source)
    )


def _elements(launches: Iterable[str], what: str) -> Finding:
    """Ask GStreamer itself for every element of the launch lines."""
    try:
        missing = list(dict.fromkeys(name for one in launches for name in missing_elements(one)))
    except CameraError as error:
        return bad("libraries", str(error), f"sudo apt install {COMMON_PLUGINS}")
    if not missing:
        return ok("libraries", f"GStreamer has every element of {what}")
    packages = dict.fromkeys(_plugin(name) for name in missing)
    return bad(
        "libraries",
        f"expected every element of {what} in GStreamer, got no {', '.join(missing)}",
        f"sudo apt install {' '.join(packages)}; if it is already installed, correct {what}",
    )


def _plugin(element: str) -> str:
    return next((PLUGINS[start] for start in PLUGINS if element.startswith(start)), COMMON_PLUGINS)


def _importable(source: str) -> Finding:
    """Import the library in a process of its own: a broken binary interface may end it."""
    command = [sys.executable, "-I", "-c", IMPORTS[source]]
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - fixed text
    if done.returncode == 0:
        return ok("libraries", f"{IMPORTS[source].removeprefix('import ')} can be imported")
    said = (done.stderr.strip().splitlines() or [f"exit {done.returncode}"])[-1]
    fix = f"sudo apt install {PACKAGES[source]}"
    if "dtype size changed" in said:
        fix = f"pip must not replace numpy: remove numpy from {sys.prefix}, then {fix}"
    return bad("libraries", said, fix)
