"""What aiming prints: seats from left to right and cameras, as one JSON object or as lines of text."""

import math
from collections.abc import Iterator
from dataclasses import asdict

from edge.aim.advice import BRIEF_PX, SMILE_PX, enough_for, for_camera, for_seat
from edge.aim.figures import CameraFigures, SeatFigures
from edge.plain import Json

HEADER = "seat  size px  enough for           yaw  pitch  light  exposure  sharpness  readable"


def camera_body(number: int, camera: CameraFigures, rate_hz: float, seats: list[SeatFigures]) -> Json:
    """Return the JSON of one camera and its seats."""
    return {
        "camera": number,
        "size_px": list(camera.size_px),
        "light": _rounded(camera.light, 0),
        "camera_fps": _rounded(camera.camera_fps, 1),
        "processed_fps": _rounded(camera.processed_fps, 1),
        "change": for_camera(camera, rate_hz, len(seats)),
        "seats": [_seat_body(k + 1, seat, camera.light) for k, seat in enumerate(seats)],
    }


def body(cameras: list[Json], left_s: float, ended: str) -> Json:
    """Return the whole report; `ended` says why it is the last one, which then covers all the time."""
    needs_px = {"smiles": SMILE_PX, "brief movements": BRIEF_PX}
    head = {"type": "aim", "left_s": round(left_s, 1), "ended": ended or None}
    return head | {"needs_px": needs_px, "cameras": cameras}


def lines(report: Json) -> Iterator[str]:
    """Yield the report as text."""
    left_s = report["left_s"]
    left = f"{left_s // 60:.0f} min {left_s % 60:.0f} s left"
    yield f"aim, {report['ended'] or left}; nothing is recorded or published"
    for camera in report["cameras"]:
        width, height = camera["size_px"]
        rates = f"{_text(camera['camera_fps'])} frames a second, {_text(camera['processed_fps'])} processed"
        yield f"camera {camera['camera']}: {width} x {height}, {rates}, light {_text(camera['light'])}"
        yield from (f"      change: {words}" for words in camera["change"])
        if camera["seats"]:
            yield HEADER
        for seat in camera["seats"]:
            yield _seat_line(seat)
            yield from (f"      change: {words}" for words in seat["change"])


def _seat_body(number: int, seat: SeatFigures, picture_light: float) -> Json:
    digits = {"size_px": 1, "yaw_deg": 0, "pitch_deg": 0, "light": 0, "exposure": 0}
    figures = {name: _rounded(value, digits.get(name, 2)) for name, value in asdict(seat).items()}
    enough = {"enough_for": enough_for(seat.size_px)}
    return {"seat": number} | figures | enough | {"change": for_seat(seat, picture_light)}


def _seat_line(seat: Json) -> str:
    return (
        f"{seat['seat']:4}  {_text(seat['size_px']):>7}  {seat['enough_for']:<19} "
        f"{_text(seat['yaw_deg']):>4} "
        f"{_text(seat['pitch_deg']):>6} {_text(seat['light']):>6} {_text(seat['exposure']):>9} "
        f"{_text(seat['sharpness']):>10} {seat['readable']:>9.0%}"
    )


def _rounded(value: float, digits: int) -> float | None:
    """Round a figure; what is not measurable is null."""
    if math.isnan(value):
        return None
    return round(value, digits) if digits else round(value)


def _text(value: float | None) -> str:
    return "-" if value is None else str(value)
