"""The meeting room behind the people and the table before them; nothing in it resembles a face."""

import numpy as np
from numpy.typing import NDArray

from edge.arrays import Floats


def room(size_px: tuple[int, int], seed: int, table_row: int) -> NDArray[np.uint8]:
    """Paint wall, board, blind and, from `table_row` down, the table, [H, W, 3]."""
    width, height = size_px
    rng = np.random.default_rng([seed, 202])
    y, x = np.mgrid[0:height, 0:width] / np.array([height, width]).reshape(2, 1, 1)
    light = 1.05 - 0.35 * np.hypot(x - 0.45, (y - 0.1) * 0.8)
    wall = np.array([176.0, 171.0, 160.0]) * (light + 0.05 * _clouds(rng, height, width, 6))[..., None]
    wall += 2.5 * _clouds(rng, height, width, 90)[..., None]
    _panel(wall, (x, y), (0.30, 0.08, 0.70, 0.50), (222, 224, 222), 0.006)
    _panel(wall, (x, y), (0.03, 0.05, 0.22, 0.62), (150, 168, 184), 0.005)
    blind = (x > 0.03) & (x < 0.22) & (y > 0.05) & (y < 0.62)
    wall[blind] *= (0.93 + 0.07 * np.sin(2 * np.pi * y[blind] * 34))[:, None]
    _panel(wall, (x, y), (0.80, 0.12, 0.97, 0.66), (134, 104, 78), 0.004)
    return np.clip(_table(wall, rng, table_row), 0, 255).astype(np.uint8)


def _panel(
    wall: Floats,
    grid: tuple[Floats, Floats],
    box: tuple[float, float, float, float],
    rgb: tuple[int, int, int],
    rim: float,
) -> None:
    """Paint a flat rectangle with a darker rim and a soft shade from above."""
    x, y = grid
    left, top, right, bottom = box
    aspect = wall.shape[1] / wall.shape[0]
    rim_y = rim * aspect
    outer = (x > left - rim) & (x < right + rim) & (y > top - rim_y) & (y < bottom + rim_y)
    inner = (x > left) & (x < right) & (y > top) & (y < bottom)
    wall[outer] *= 0.62
    wall[inner] = np.array(rgb) * (1.02 - 0.16 * (y[inner] - top))[:, None]


def _table(scene: Floats, rng: np.random.Generator, first: int) -> Floats:
    height, width = scene.shape[:2]
    rows = height - first
    if rows <= 0:
        return scene
    grain = _clouds(rng, rows, width, 10) * 4 + 5 * np.sin(
        np.arange(rows)[:, None] / max(rows, 1) * 55 + 3 * _clouds(rng, rows, width, 4)
    )
    depth = np.linspace(0.92, 1.12, rows)[:, None, None]
    scene[first:] = (np.array([112.0, 82.0, 58.0]) + grain[..., None]) * depth
    scene[first : first + max(2, height // 240)] *= 1.35
    return scene


def _clouds(rng: np.random.Generator, height: int, width: int, cells: int) -> Floats:
    """Smooth noise with `cells` bumps across, about -1..1, [height, width]."""
    nodes = rng.uniform(-1, 1, (cells + 2, cells + 2))
    rows, columns = _weights(height, cells), _weights(width, cells)
    clouds: Floats = rows @ nodes @ columns.T
    return clouds


def _weights(n: int, cells: int) -> Floats:
    position = (np.arange(n) + 0.5) / n * cells
    first = position.astype(int)
    share = position - first
    share = share * share * (3 - 2 * share)
    weight = np.zeros((n, cells + 2))
    weight[np.arange(n), first] = 1 - share
    weight[np.arange(n), first + 1] += share
    return weight
