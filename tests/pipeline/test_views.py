"""Several cameras of one meeting: lags across them, what one of them misses, one that fails."""

import numpy as np
import pytest

from edge.config import Config
from edge.pipeline.engine import SignalEngine
from edge.pipeline.views import Views
from tests.validate.drive import expression

LAG_S = 0.7
RATES_HZ = (30.0, 30000 / 1001)
BEGIN_S = (0.0, 3.417)


def course(t_s):
    """Return a smooth random course of one person at these times, with eight channels."""
    rng = np.random.default_rng(1)
    knots = np.arange(-10, 100, 0.4)
    values = rng.standard_normal((8, len(knots)))
    return np.array([np.interp(t_s, knots, row) for row in values])


def cameras(seconds, rates_hz=RATES_HZ, begin_s=BEGIN_S):
    """Yield (time, view, signals) of two cameras in the order of time: the second's person follows."""
    pictures = []
    for view, (rate_hz, start_s) in enumerate(zip(rates_hz, begin_s, strict=True)):
        t_s = start_s + np.arange(round((seconds - start_s) * rate_hz)) / rate_hz
        pictures += [(t, view, x) for t, x in zip(t_s, course(t_s - LAG_S * view).T, strict=True)]
    yield from sorted(pictures, key=lambda one: one[0])


def measured(pictures, together=True):
    """Put pictures through an engine; return the couplings of the pair by time and channel."""
    engine, found = SignalEngine(Config(), tuple("abcdefgh")), {}
    for k, (t, view, x) in enumerate(pictures):
        t_ns = round(t * 1e9)
        person = expression(t_ns, view + 1, np.ascontiguousarray(x), index=k)
        report = engine.update([person], t_ns, view=view if together else 0)
        for coupling in report.couplings if report else ():
            found[report.t_ns, coupling.channel] = coupling.r, coupling.lags_s
    return engine, found


def test_lags_across_cameras_of_other_rates():
    """A follower before another camera, of another rate and start, is found at the planted lag."""
    _, found = measured(cameras(40))
    lags_s = [lags[np.argmax(r)] for r, lags in found.values() if np.isfinite(r).all()]
    assert len(lags_s) > 50
    assert np.median(lags_s) == pytest.approx(LAG_S)


def test_what_one_camera_misses_is_not_the_others():
    """Pictures of one camera do not count the people before another as not seen."""
    engine, _ = measured(cameras(20))
    for one in engine.views.seen():
        assert one.missing.get("not_seen", 0.0) < 0.01
    assert [one.person for one in engine.views.latest] == [1, 2]


def table_of_two(t, view, x, k):
    """Return the people in one picture: two before the first camera, the second of whom follows; one else."""
    t_ns, x = round(t * 1e9), np.ascontiguousarray(x)
    late = np.ascontiguousarray(course(np.array([t - LAG_S]))[:, 0])
    people = [(view + 1, x)] if view else [(1, x), (3, late)]
    return [expression(t_ns, person, signals.copy(), index=k) for person, signals in people]


def test_a_camera_that_fails_takes_only_its_people_along():
    """A camera away for six seconds: its person is gone; the others' values are bit for bit as without it."""
    engine, alone = (SignalEngine(Config(), tuple("abcdefgh")) for _ in range(2))
    found, shown = {engine: {}, alone: {}}, {}
    for k, (t, view, x) in enumerate(cameras(30)):
        if view == 1 and 12 < t < 18:
            continue
        for one in (engine, alone) if view == 0 else (engine,):
            report = one.update(table_of_two(t, view, x, k), round(t * 1e9), view=view)
            for coupling in report.couplings if report else ():
                if coupling.pair == (1, 3):
                    found[one][report.t_ns, coupling.channel] = coupling.r.tobytes()
        shown[t] = [one.person for one in engine.views.latest]
    common = found[engine].keys() & found[alone].keys()
    assert len(common) > 80
    assert all(found[engine][key] == found[alone][key] for key in common)
    assert all(people == [1, 3] for t, people in shown.items() if 13.1 < t < 18)
    assert list(shown.values())[-1] == [1, 2, 3]


def test_time_goes_on_for_a_camera_that_is_gone():
    """People before a camera that shows nothing are not seen, and forgotten after a minute."""
    views, x = Views(600.0), np.zeros(3)
    for k in range(100):
        views.update(1, [expression(k * 10**8, 2, x)], k * 10**8)
    for k in range(100, 800):
        views.update(0, [expression(k * 10**8, 1, x)], k * 10**8)
        if k == 300:
            (gone,) = (one for one in views.seen() if one.person == 2)
            assert gone.missing["not_seen"] == pytest.approx(15 / 25, abs=0.02)
    assert [one.person for one in views.seen()] == [1]


def test_a_mute_forgets_every_view():
    """Nothing of anybody stays in any view, and their arrays are overwritten."""
    views = Views(600.0)
    held = [np.ones(3), np.ones(3)]
    for view, x in enumerate(held):
        views.update(view, [expression(10, view + 1, x)], 10)
    views.wipe()
    assert (views.latest, views.seen()) == ((), ())
    assert np.isnan(held).all()
