"""The camera that the configuration names."""

import importlib

from edge.camera.orientation import UPRIGHT, Orientation
from edge.camera.protocol import Camera
from edge.camera.turned import Turned
from edge.config.sections import CameraSection
from edge.errors import CameraError

_MODULES = {
    "video": "edge.camera.video",
    "stage": "edge.stage",
    "picamera2": "edge.camera.pi",
    "gstreamer": "edge.camera.gst",
    "usb": "edge.camera.usb",
}


def open_camera(section: CameraSection) -> Camera:
    """Open the source of `section`, importing its library only now; `CameraError` names what is missing."""
    try:
        module = importlib.import_module(_MODULES[section.source])
    except ImportError as error:
        raise CameraError(
            f"expected the library of camera source {section.source!r}, got {error} at camera.source"
        ) from error
    if section.source in {"video", "stage"} and not section.path:
        raise CameraError(f"expected a file for source {section.source!r}, got '' at camera.path")
    camera: Camera = module.open_section(section)
    orientation = Orientation.of(section)
    return camera if section.source != "stage" or orientation == UPRIGHT else Turned(camera, orientation)
