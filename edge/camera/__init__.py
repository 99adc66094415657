"""Where frames come from: Pi camera, GStreamer, recordings, `edge.stage`; all as the same `Frame`."""

import importlib
from typing import TYPE_CHECKING

from edge.camera._deadline import patiently
from edge.camera.choose import open_camera
from edge.camera.protocol import Camera

if TYPE_CHECKING:
    from edge.camera.gst import GstCamera
    from edge.camera.pi import PiCamera
    from edge.camera.recovery import LiveCamera
    from edge.camera.video import VideoFile

__all__ = ["Camera", "GstCamera", "LiveCamera", "PiCamera", "VideoFile", "open_camera", "patiently"]

_MODULES = {
    "GstCamera": "gst",
    "LiveCamera": "recovery",
    "PiCamera": "pi",
    "VideoFile": "video",
}


def __getattr__(name: str) -> object:
    """Import a source on first use: each needs a library that the others do without."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    source: object = getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
    return source
