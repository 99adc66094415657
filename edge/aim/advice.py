"""What to change about a seat or a camera so that faces can be measured; sizes as in docs/placement.md."""

from collections.abc import Iterator

from edge.aim.figures import CameraFigures, SeatFigures

HEAD_PX, SMILE_PX, BRIEF_PX = 35.0, 50.0, 90.0
"""Between the outer corners of the eyes: longer movements, smiles, brief movements from here on."""
YAW_DEG, PITCH_DEG = 30.0, 20.0  # of a seat's usual look, beyond which signals get lost
UNDER, OVER = 80.0, 250.0  # exposure of a face (ours)
BACKLIT = 0.5  # light of a face over that of the picture (ours)
BLURRED = 0.3  # sharpness (ours, by judgement: of blur by a tenth of the size it finds small faces only)
READABLE = 0.75  # share of time
SLOW = 0.9  # share of the frame rate


def enough_for(size_px: float) -> str:
    """Return what can be measured in a face of this size."""
    if size_px < HEAD_PX:
        return "head motion only"
    if size_px < SMILE_PX:
        return "longer movements"
    return "smiles, jaw, blinks" if size_px < BRIEF_PX else "brief movements"


def for_seat(seat: SeatFigures, picture_light: float) -> list[str]:
    """Return what to change about a seat, size first."""
    found = [*_place(seat), *_light(seat, picture_light)]
    if not found and seat.readable < READABLE:
        found = [f"readable {seat.readable:.0%} of the time only: free the view of this face"]
    return found


def for_camera(camera: CameraFigures, rate_hz: float, seats: int) -> list[str]:
    """Return what to change about a camera that is to give `rate_hz` pictures a second."""
    found = [camera.problem] if camera.problem else []
    if not seats:
        remedy = "" if camera.recorded else ": sit down before the camera, turn it, or light the room"
        found += [f"nobody is seen{remedy}"]
    if camera.camera_fps < SLOW * rate_hz:
        remedy = "a faster machine" if camera.recorded else "more light"
        found += [f"{camera.camera_fps:.1f} of {rate_hz:g} frames a second: {remedy}, or a lower rate_hz"]
    if camera.processed_fps < SLOW * camera.camera_fps:
        found += ["this device is too slow: fewer pixels, fewer people or a lower rate_hz"]
    return found


def _place(seat: SeatFigures) -> Iterator[str]:
    """Yield what the place of camera or seat costs."""
    if seat.size_px < SMILE_PX:
        factor = SMILE_PX / seat.size_px if seat.size_px else float("inf")
        yield f"{factor:.1f} times nearer, or a lens that is {factor:.1f} times longer"
    if abs(seat.yaw_deg) > YAW_DEG:
        side = "right" if seat.yaw_deg > 0 else "left"
        yield f"move the camera to the picture's {side}, where this head looks"
    if abs(seat.pitch_deg) > PITCH_DEG:
        yield f"hang the camera {'higher' if seat.pitch_deg > 0 else 'lower'}: this head looks past it"


def _light(seat: SeatFigures, picture_light: float) -> Iterator[str]:
    """Yield what the light and the lens cost."""
    if seat.exposure < UNDER:
        backlit = seat.light < BACKLIT * picture_light
        yield "no window or lamp behind this seat" if backlit else "more light from the front"
    if seat.exposure > OVER:
        yield "less light on this seat: parts of the face are white"
    if seat.sharpness < BLURRED:
        yield "focus the lens; in a dim room more light, for shorter exposures"
