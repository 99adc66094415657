"""The two portraits: pixels cut out of their background, control points, mirrored and tinted variants."""

import json
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from edge.arrays import Floats
from edge.errors import StageError
from edge.paths import models_folder
from edge.plain import Json
from edge.stage.script import CHANNELS, Person
from edge.stage.warp import Anatomy

BROW_THICK = 0.030  # half thickness of a brow, outer-canthus distances
BROW_DARK = 0.5  # share of the light that it takes
FEATHER_PX = 1.2  # sd of the matte's edge, px of the picture drawn
LANCZOS_LOBES = 3
# A tint: how it mixes the colours of what lies below the collar, and a gain on the whole picture.
MIXES: dict[str, tuple[tuple[tuple[float, ...], ...], tuple[float, ...]]] = {
    "plain": (((1, 0, 0), (0, 1, 0), (0, 0, 1)), (1.0, 1.0, 1.0)),
    "blue": (((0.2, 0.2, 0.2), (0.2, 0.4, 0.3), (0.8, 0.1, 0.2)), (0.93, 0.96, 1.0)),
    "green": (((0.1, 0.4, 0.2), (0.6, 0.3, 0.1), (0.2, 0.2, 0.4)), (0.97, 1.0, 0.94)),
    "red": (((0.7, 0.2, 0.1), (0.2, 0.1, 0.1), (0.25, 0.1, 0.2)), (1.0, 0.93, 0.9)),
    "grey": (((0.33, 0.4, 0.27), (0.33, 0.4, 0.27), (0.35, 0.42, 0.3)), (0.86, 0.84, 0.84)),
}
LIFT = {"blue": (8, 14, 40), "green": (10, 30, 14), "red": (40, 6, 12), "grey": (30, 30, 32)}  # dark clothes


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where things are in one variant of a portrait, at the size drawn; no pixels."""

    file: str
    scale: float
    """Size drawn over the file's size."""
    mirrored: bool
    points: dict[str, Floats]
    """Control points, px, by name."""
    curves: dict[str, Floats]
    """Polylines, px, [N, 2], left to right, by name."""
    outline: Floats = field(repr=False)
    """Polygon around the person, px, [N, 2]."""
    keep: Floats = field(repr=False)
    """Polygon below the collar that no tint touches, px, [N, 2]; may be empty."""
    collar_px: tuple[float, float]
    """Clothes begin between these rows."""
    rest: Floats
    """Amplitudes that make the portrait's expression neutral, [C]."""
    lid: tuple[float, float]
    """Height of the upper lid's skin and of its lashes, outer-canthus distances."""
    face: Anatomy


@cache
def _table() -> Json:
    text = files("edge.stage").joinpath("portraits.json").read_text(encoding="utf-8")
    loaded: Json = json.loads(text)
    return loaded


def layout(person: Person) -> Layout:
    """Lay out the person's portrait at the size it is drawn."""
    entry = _table()[person.portrait]
    points = {name: np.array(xy) for name, xy in entry["points"].items()}
    curves = {name: np.array(xy) for name, xy in entry["curves"].items()}
    outline, keep = np.array(entry["outline"]), np.array(entry["keep"]).reshape(-1, 2)
    mirrored = person.variant.startswith("mirror")
    if mirrored:
        width = float(entry["size_px"][0])
        points = {_swapped(name): _flipped(xy, width) for name, xy in points.items()}
        curves = {_swapped(name): _flipped(xy, width)[::-1] for name, xy in curves.items()}
        outline, keep = _flipped(outline, width), _flipped(keep, width)
    canthus_px = float(np.hypot(*(points["canthus_left"] - points["canthus_right"])))
    scale = person.canthus_px / canthus_px
    points = {name: xy * scale for name, xy in points.items()}
    return Layout(
        file=entry["file"],
        scale=scale,
        mirrored=mirrored,
        points=points,
        curves={name: xy * scale for name, xy in curves.items()},
        outline=outline * scale,
        keep=keep * scale,
        collar_px=(entry["torso_y"][0] * scale, entry["torso_y"][1] * scale),
        rest=np.array([entry["rest"].get(channel, 0.0) for channel in CHANNELS]),
        lid=(entry["lid"][0], entry["lid"][1]),
        face=Anatomy(points),
    )


def _swapped(name: str) -> str:
    if name.endswith("_right"):
        return name.removesuffix("_right") + "_left"
    return name.removesuffix("_left") + "_right" if name.endswith("_left") else name


def _flipped(xy: Floats, width: float) -> Floats:
    flipped: Floats = np.array([width, 0.0]) - xy * np.array([1.0, -1.0])
    return flipped


def find_folder(configured: str | Path = "") -> Path:
    """Return the portraits' folder: the configured one, or that of the models folder."""
    return Path(configured) if configured else models_folder() / "portraits"


def cut_out(person: Person, laid: Layout, folder: Path, below_px: int) -> NDArray[np.uint8]:
    """Return the person as premultiplied RGBA at the size drawn, [h, w, 4], the clothes `below_px` longer."""
    picture = _read(folder / laid.file).astype(np.float64)
    if laid.mirrored:
        picture = picture[:, ::-1]
    height, width = (max(2, round(n * laid.scale)) for n in picture.shape[:2])
    # Resampling is separable: one matrix for the columns (k from j), then one for the rows (i from j).
    rows = _resampler(picture.shape[0], height, laid.scale)
    columns = _resampler(picture.shape[1], width, laid.scale)
    wide = np.einsum("kj,ijc->ikc", columns, picture, optimize=True)
    large = np.einsum("ij,jkc->ikc", rows, wide, optimize=True)
    large = _tinted(np.clip(large, 0, 255), person.variant.removeprefix("mirror").removeprefix("-"), laid)
    large = np.clip(large * _brows(laid, (height, width))[..., None], 0, 255)
    alpha = _matte(laid.outline, (height, width))
    # Premultiplied colours can be interpolated without a fringe of the old background.
    rgba = np.concatenate([large * alpha[..., None], 255 * alpha[..., None]], axis=2)
    # The last three rows carry the matte's soft lower edge. They give way to rows of the median colour of the
    # clothes just above, so that a body continues below the portrait instead of ending in the air.
    hem = np.outer(alpha[-4], [*np.median(large[-12:-3][alpha[-12:-3] > 0.9], axis=0), 255.0])
    longer = np.concatenate([rgba[:-3], np.repeat(hem[None], below_px, axis=0)])
    return np.ascontiguousarray(np.rint(np.clip(longer, 0, 255)).astype(np.uint8))


def _read(path: Path) -> NDArray[np.uint8]:
    try:
        with av.open(str(path)) as container:
            return np.asarray(next(container.decode(video=0)).to_ndarray(format="rgb24"), np.uint8)
    except (av.FFmpegError, OSError, StopIteration) as exc:
        raise StageError(
            f"expected a portrait, got {exc.__class__.__name__} at {path}: run `mimicry-edge models fetch`"
        ) from exc


def _resampler(old: int, new: int, scale: float) -> Floats:
    """Lanczos matrix [new, old]: output pixel centres at (i + .5) / scale, low-passed when shrinking."""
    step = min(1.0, scale)
    offset = ((np.arange(new)[:, None] + 0.5) / scale - 0.5 - np.arange(old)[None]) * step
    weight = np.where(np.abs(offset) < LANCZOS_LOBES, np.sinc(offset) * np.sinc(offset / LANCZOS_LOBES), 0.0)
    normal: Floats = weight / weight.sum(axis=1, keepdims=True)
    return normal


def _tinted(rgb: Floats, tint: str, laid: Layout) -> Floats:
    mix, gain = MIXES[tint or "plain"]
    first, last = laid.collar_px
    share = np.clip((np.arange(len(rgb)) - first) / (last - first), 0, 1)[:, None, None]
    # What `keep` covers, a shirt under the jacket, keeps its colour.
    share = share * (1 - _matte(laid.keep, (rgb.shape[0], rgb.shape[1]))[..., None])
    clothes = rgb @ np.array(mix, np.float64).T + np.array(LIFT.get(tint, (0, 0, 0)))
    tinted: Floats = (rgb * (1 - share) + clothes * share) * np.array(gain)
    return tinted


def _brows(laid: Layout, size: tuple[int, int]) -> Floats:
    """Factor that darkens the brows, faint in both portraits, to what most faces show, [h, w]."""
    y, x = np.mgrid[0 : size[0], 0 : size[1]] + 0.5
    factor = np.ones(size)
    for side in ("right", "left"):
        curve = laid.curves[f"brow_{side}"]
        along = np.clip((x - curve[0, 0]) / (curve[-1, 0] - curve[0, 0]), 0, 1)
        # Fourth power: full darkness across the brow's thickness, then a quick fall on both sides.
        distance = np.abs(y - np.interp(x, *curve.T)) / (BROW_THICK * laid.face.canthus_px)
        ends = np.clip(6 * along, 0, 1) * np.clip(6 * (1 - along), 0, 1)
        factor -= BROW_DARK * ends * np.exp(-(distance**4))
    return factor


def _matte(outline: Floats, size: tuple[int, int]) -> Floats:
    """Cover of the polygon, 0..1, [h, w]: even-odd crossings a row, three sub-rows, soft edge."""
    height, width = size
    cover = np.zeros((height, width))
    x1, y1 = outline.T
    x2, y2 = np.roll(outline, -1, axis=0).T
    centres = np.arange(width) + 0.5
    for sub in range(3 * height):
        y = (sub + 0.5) / 3
        # Edges that cross this sub-row; between each odd crossing and the next even one lies the inside.
        cut = (y1 <= y) != (y2 <= y)
        crossings = np.sort(x1[cut] + (y - y1[cut]) / (y2[cut] - y1[cut]) * (x2[cut] - x1[cut]))
        for start, end in crossings.reshape(-1, 2):
            cover[sub // 3] += np.clip(
                np.minimum(centres + 0.5, end) - np.maximum(centres - 0.5, start), 0, 1
            )
    return _blurred(cover / 3, FEATHER_PX)


def _blurred(image: Floats, sd: float) -> Floats:
    """Gaussian blur of a plane, the border held."""
    radius = int(3 * sd) + 1
    kernel = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sd) ** 2)
    for axis in (0, 1):
        padded = np.pad(
            image, [(radius, radius) if other == axis else (0, 0) for other in (0, 1)], mode="edge"
        )
        n = image.shape[axis]
        image = np.zeros_like(image)
        for by, share in enumerate(kernel / kernel.sum()):
            image += share * np.take(padded, range(by, by + n), axis)
    return image
