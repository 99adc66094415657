"""Recordings as a camera: any file ffmpeg reads, every picture, its true time.

In: a path. Out: `Frame`s in RGB, upright, on the recording's own clock. Video decoding lives here only.
"""

import logging
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, cast

import av
import numpy as np
from numpy.typing import NDArray

from edge.camera._timeline import NS_PER_S, Timeline
from edge.camera.orientation import UPRIGHT, Orientation, own
from edge.camera.protocol import Camera, State
from edge.config.sections import CameraSection
from edge.errors import CameraError, as_path
from edge.records import Frame, frozen

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.container.streams import StreamContainer
    from av.video.stream import VideoStream

IO_TIMEOUT_S = 30.0  # a file system that answers no more ends the recording instead of hanging it
MAX_PIXELS = 8192 * 8192  # a damaged header may ask for more than there is memory
# Old titles are often not UTF-8; from version 19 on PyAV itself takes no offence.
TITLES: dict[str, Any] = {"metadata_errors": "replace"} if int(av.__version__.split(".")[0]) < 19 else {}
FALLBACK_RATE_HZ = 25.0  # what ffmpeg assumes of a stream without any rate
RAW_SUFFIXES = {".yuv", ".i420", ".nv12"}
RAW_SIZE = re.compile(r"(?<!\d)(\d{1,5})x(\d{1,5})(?!\d)")
RAW_RATE = re.compile(r"(?<!\d)(\d{1,3}(?:\.\d+)?)(?:fps|hz)", re.IGNORECASE)
DAMAGE = (av.FFmpegError, ValueError)  # the second for a stream of an unknown codec
NOT_PICTURES = {"tty"}  # ffmpeg would draw a text file as a film

_log = logging.getLogger(__name__)


class VideoFile:
    """One recording or still image, read once from its first picture to its last.

    Iterates `Frame`: RGB, turned upright by the file's rotation metadata and then by `orientation`, all of
    the first picture's size, `t_ns` from 0. Pixels are the stored ones (a non-square sample aspect is not
    stretched). Headerless `.yuv` needs its size in the name (`_320x192_12fps`). Raises `CameraError` when
    the path holds no picture. `live` holds fewer pictures in memory, for who reads at their own pace.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        orientation: Orientation = UPRIGHT,
        live: bool = False,
        max_pixels: int = MAX_PIXELS,
    ) -> None:
        self.path = as_path(path, CameraError, "video")
        self._orientation = orientation
        self._max_pixels = max_pixels
        self.dropped = 0
        """Pictures that could not be decoded, or only with damage, or were left out."""
        self.skip_before_ns = 0
        """Pictures of earlier times are decoded, left out and counted as dropped."""
        self.restarts = 0
        """Always 0: a recording does not come back."""
        self.refused: dict[str, int] = {}
        """Always empty: every picture of a recording counts."""
        self.problem = ""
        """Always empty: a recording is what it is."""
        self._lock = threading.Lock()  # the file is not closed under the decoder
        self._closed = False
        self._container = open_container(self.path)
        stream = best_video(self._container.streams)
        if stream is None or self._container.format.name in NOT_PICTURES:
            self._container.close()
            raise CameraError(f"expected a file with pictures, got none inside at {self.path}")
        stream.thread_type = (
            "SLICE" if live else "AUTO"
        )  # whole frames decoded ahead take a third more memory
        self._stream = stream
        self._size_px: tuple[int, int] | None = None
        self.rate_hz = float(stream.average_rate or stream.guessed_rate or FALLBACK_RATE_HZ)
        """Mean rate the container declares, Hz; the true times are in the frames."""
        self._timeline = Timeline(period_ns=round(NS_PER_S / self.rate_hz))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def state(self) -> State:
        """`ok` until it is closed."""
        return "closed" if self._closed else "ok"

    @property
    def repaired(self) -> int:
        """Timestamps that were missing or not ascending and were replaced."""
        return self._timeline.repaired

    @property
    def expected_n(self) -> int:
        """Number of pictures the container announces, for progress bars; 0 when it announces none."""
        if self._stream.frames:
            return int(self._stream.frames)
        if self._container.duration is None:
            return 0
        return max(1, round(int(self._container.duration) / av.time_base * self.rate_hz))

    def close(self) -> None:
        """Close the file; may be called again and from any thread. An iteration under way then ends."""
        with self._lock:
            self._closed = True
            self._container.close()

    def __iter__(self) -> Iterator[Frame]:
        index = 0
        for picture in self._pictures():
            stamp = picture.pts if picture.pts is not None else picture.dts
            raw_ns = None if stamp is None else round(stamp * picture.time_base * NS_PER_S)
            t_ns = self._timeline.update(raw_ns)
            if t_ns < self.skip_before_ns:
                self.dropped += 1
            else:
                yield Frame(t_ns=t_ns, index=index, image=self._image(picture))
            index += 1
        if index == 0 and not self._closed:
            raise CameraError(f"expected at least one readable picture, got none at {self.path}")
        if self.dropped or self.repaired:
            _log.warning(
                "%s: %d pictures damaged or left out, %d timestamps repaired",
                self.path,
                self.dropped,
                self.repaired,
            )

    def _pictures(self) -> Iterator[Any]:
        """Decode to the end or until closed; pictures with damage are counted and skipped."""
        packets = iter(self._container.demux(self._stream))
        while True:
            with self._lock:
                pictures = None if self._closed else self._decode(packets)
            if pictures is None:
                return
            for picture in pictures:
                if picture.is_corrupt:
                    self.dropped += 1
                else:
                    yield picture

    def _decode(self, packets: Iterator[Any]) -> list[Any] | None:
        """Pictures of the next packet; None at the end. A damaged container ends the recording."""
        try:
            packet = next(packets, None)
        except DAMAGE:
            self.dropped += 1
            return None
        try:
            return None if packet is None else list(packet.decode())
        except DAMAGE:
            self.dropped += 1
            return []

    def _image(self, picture: "av.VideoFrame") -> NDArray[np.uint8]:
        """RGB, upright, C-contiguous, of the size of the first picture."""
        if self._size_px is None:
            self._size_px = (picture.width, picture.height)
        width_px, height_px = self._size_px
        if max(width_px * height_px, picture.width * picture.height) > self._max_pixels:
            got = f"{picture.width}x{picture.height}"
            raise CameraError(f"expected at most {self._max_pixels} pixels, got {got} at {self.path}")
        pixels: NDArray[Any] = picture.to_ndarray(format="rgb24", width=width_px, height=height_px)
        turns = round(getattr(picture, "rotation", 0) / 90) % 4  # PyAV 10 (Debian 12) has none
        seen = self._orientation.view(np.rot90(pixels, turns))
        image = seen if seen.flags.c_contiguous else own(seen)
        frozen(image)
        return image


def open_section(section: CameraSection) -> Camera:
    """Open the recording that the configuration names."""
    return VideoFile(section.path, orientation=Orientation.of(section), live=True)


def open_container(path: Path) -> "InputContainer":
    """Open the container, or name in one line what the path holds instead."""
    try:
        _check_file(path)
        form, options = _raw_options(path) if path.suffix.lower() in RAW_SUFFIXES else (None, {})
        # the prefix keeps ffmpeg from reading a protocol into a name with a colon, the option from seeing a
        # numbered sequence in a name with a percent sign
        container: InputContainer = av.open(
            f"file:{path}",
            format=form,
            options={"pattern_type": "none", **options},
            timeout=IO_TIMEOUT_S,
            **TITLES,
        )
    except av.FFmpegError as error:
        reason = error.strerror or type(error).__name__
        raise CameraError(f"expected a video or image file, got {reason} at {path}") from error
    except CameraError:
        raise
    except OSError as error:
        raise CameraError(f"expected a readable file, got {error.strerror} at {path}") from error
    return container


def best_video(streams: "StreamContainer") -> "VideoStream | None":
    """Return ffmpeg's choice; the first video stream where PyAV is too old (Debian 12) to ask for it."""
    best = streams.best("video") if hasattr(streams, "best") else next(iter(streams.video), None)
    return cast("VideoStream | None", best)


def _check_file(path: Path) -> None:
    """Refuse what is no regular file with content: opening a pipe would wait for ever."""
    found = "a device or pipe"
    if not path.exists():
        found = "nothing"
    elif path.is_dir():
        found = "a folder"
    elif path.is_file():
        if path.stat().st_size > 0:
            return
        found = "an empty file"
    raise CameraError(f"expected a video or image file, got {found} at {path}")


def _raw_options(path: Path) -> tuple[str, dict[str, str]]:
    """Demuxer options of headerless 4:2:0 video, from its name and checked against its length."""
    size = RAW_SIZE.search(path.stem)
    if size is None:
        raise CameraError(f"expected the size in the name of raw video (_320x192_12fps), got none at {path}")
    width_px, height_px = int(size[1]), int(size[2])
    picture_bytes = width_px * height_px + 2 * (-(-width_px // 2) * -(-height_px // 2))
    if path.stat().st_size < picture_bytes or not picture_bytes:
        raise CameraError(
            f"expected at least {picture_bytes} bytes of {width_px}x{height_px} pictures, "
            f"got {path.stat().st_size} at {path}"
        )
    rate = RAW_RATE.search(path.stem)
    return "rawvideo", {
        "video_size": f"{width_px}x{height_px}",
        "framerate": rate[1] if rate else str(FALLBACK_RATE_HZ),
        "pixel_format": "nv12" if path.suffix.lower() == ".nv12" else "yuv420p",
    }
