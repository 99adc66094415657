"""Where frames come from: Pi camera, GStreamer, recordings, synthetic stage; all as the same `Frame`."""

from typing import TYPE_CHECKING, Any

from edge.camera.choose import open_camera
from edge.camera.protocol import Camera

if TYPE_CHECKING:
    from edge.camera.stage import Stage
    from edge.camera.video import VideoFile

__all__ = ["Camera", "Stage", "VideoFile", "open_camera"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - the module protocol
    """Import the heavy sources on first use, so that a Pi without PyAV still starts."""
    if name == "VideoFile":
        from edge.camera.video import VideoFile  # noqa: PLC0415

        return VideoFile
    if name == "Stage":
        from edge.camera.stage import Stage  # noqa: PLC0415

        return Stage
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
