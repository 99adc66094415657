"""Places of pictures, sampled and compared, against NumPy."""

import math

import numpy as np
import pytest

from edge._native.place import change, likeness, resemblance, sample, spread

RNG_SEED = 26
FLAT_SD = 2.0


def _sampled(image, box, side, every=1):
    """Return every n-th of [side, side] samples of the green channel; the border is repeated."""
    height, width = image.shape[:2]
    x, y, w, h = box
    steps = (np.arange(0, side, every) + 0.5) / side
    rows = np.clip(y + h * steps, 0, height - 1).astype(int)
    columns = np.clip(x + w * steps, 0, width - 1).astype(int)
    return image[rows[:, None], columns, 1]


def _scenes(count=60):
    """Yield two pictures that share a pattern, through all kinds of strides, and a box, maybe beyond."""
    rng = np.random.default_rng(RNG_SEED)
    for _ in range(count):
        height, width = rng.integers(2, 90, 2)
        one = rng.integers(0, 256, (height, width, 3), np.uint8)
        noise = rng.integers(-40, 41, one.shape)
        two = np.clip(one + rng.choice([0, 1, 3]) * noise, 0, 255).astype(np.uint8)
        box = tuple(float(v) for v in (*rng.uniform(-30, 60, 2), *rng.uniform(1, 80, 2)))
        way = np.s_[:: rng.choice([1, -1]), :: rng.choice([1, -1])]
        yield one[way], two[way], box


@pytest.mark.parametrize(("side", "every"), [(64, 1), (64, 2), (32, 3), (1, 1)])
def test_samples_and_their_likeness_are_numpys(side, every):
    """What is sampled, how much it varies and how alike two pictures are there, is what NumPy says."""
    for one, two, box in _scenes():
        shown = np.empty((side, side), np.uint8)
        sample(one, box, shown)
        np.testing.assert_array_equal(shown, _sampled(one, box, side))
        assert spread(shown) == pytest.approx(shown.std(), abs=1e-9)
        a, b = shown[::every, ::every].ravel(), _sampled(two, box, side, every).ravel()
        expected = np.corrcoef(a, b)[0, 1] if a.std() > 0 and b.std() >= FLAT_SD else math.nan
        found = likeness(shown, two, box, every, FLAT_SD)
        assert found == pytest.approx(expected, abs=1e-9, nan_ok=True)


def test_the_thumbnail_and_its_change_are_numpys():
    """A thumbnail holds every n-th pixel; its change is the mean of the absolute differences."""
    for one, two, _ in _scenes():
        down, across = max(1, len(one) // 7), max(1, one.shape[1] // 9)
        last = np.zeros(one[::down, ::across, 1].shape, np.uint8)
        change(one, last, down, across)
        np.testing.assert_array_equal(last, one[::down, ::across, 1])
        moved = np.abs(two[::down, ::across, 1].astype(int) - last).mean()
        assert change(two, last, down, across) == pytest.approx(moved)


def test_resemblance_is_pearsons():
    """Correlation of two crops as NumPy has it; NaN where one is constant."""
    rng = np.random.default_rng(RNG_SEED)
    for shape in ((48, 48), (1, 2), (3, 5)):
        a, b = rng.random((2, *shape)).astype(np.float32)
        assert resemblance(a, b) == pytest.approx(np.corrcoef(a.ravel(), b.ravel())[0, 1], abs=1e-6)
        assert math.isnan(resemblance(a, np.full_like(b, 0.25)))


@pytest.mark.parametrize(
    "call",
    [
        lambda image, box: sample(image, box, np.zeros((4, 5), np.uint8)),
        lambda image, box: sample(image, box, np.zeros((257, 257), np.uint8)),
        lambda image, box: sample(image[..., :2], box, np.zeros((4, 4), np.uint8)),
        lambda image, box: sample(image[:0], box, np.zeros((4, 4), np.uint8)),
        lambda image, box: likeness(np.zeros((4, 5), np.uint8), image, box, 1, 1.0),
        lambda image, box: likeness(np.zeros((4, 4), np.uint8), image, box, 0, 1.0),
        lambda image, box: change(image, np.zeros((3, 3), np.uint8), 2, 2),
        lambda image, box: change(image[..., :2], np.zeros((5, 5), np.uint8), 2, 2),
        lambda image, box: resemblance(np.zeros((2, 2), np.float32), np.zeros((2, 3), np.float32)),
    ],
)
def test_what_does_not_fit_is_refused(call):
    """Other shapes are errors, not reads beyond the end."""
    with pytest.raises(ValueError, match="expected"):
        call(np.zeros((10, 10, 3), np.uint8), (0.0, 0.0, 5.0, 5.0))
