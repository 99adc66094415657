"""Who is a person: people in recordings are counted, at several frame rates, and pictures of faces are not.

Clips are shown again and again, for nobody is counted at once. The table goes into docs/vision.md.
"""

from itertools import groupby
from pathlib import Path

from edge.expression import life
from tests.validate.rooms import labels, photos, score, seen
from tests.validate.tables import table

PAGE = Path(__file__).parents[2] / "docs" / "vision.md"
RATES_HZ = (60, 30, 15)


def report(*, short=False):
    """Return the table; `short` looks at one clip and one photograph."""
    rows, wrong = [], []
    for name in list(score.PEOPLE)[: 1 if short else None]:
        wanted = score.PEOPLE[name]
        own_hz = _rate_hz(name)
        steps = [round(own_hz / hz) if own_hz >= 0.75 * hz else 0 for hz in RATES_HZ]
        takes = {step: seen.again(labels.path(name), photos.SECONDS, step) for step in steps if step}
        rows.append([name, wanted, *(_shown(takes[step]) if step else "-" for step in steps)])
        wrong += [f"{name} by {step}" for step, one in takes.items() if score.counted(one) != wanted]
    made = Path(photos.__file__).read_bytes()
    for name in list(photos.PHOTOS)[: 1 if short else None]:
        for how, speed in photos.HOW.items():
            take = seen.take(f"{name} {how}", photos.frames(name, speed=speed), made + how.encode())
            rows.append([f"{name} {how}", 0, "-", "-", _shown(take)])
            wrong += [f"{name} {how}"] * bool(score.counted(take))
    note = (
        f"Clips are shown again and again for {photos.SECONDS:g} s; given is the most counted at once, "
        f"and after how many seconds in view each number was, not before {life.LEAST_S:g}. At lower rates "
        "frames are left out."
    )
    header = ("recording", "people by eye", *(f"about {hz} frames a second" for hz in RATES_HZ))
    return [table("Counted", header, rows, note, wrong)]


def _rate_hz(name):
    """Return the frame rate of a recording."""
    times_s = seen.clip(labels.path(name)).t_s
    return (len(times_s) - 1) / (times_s[-1] - times_s[0])


def _shown(take):
    """Say how many people were counted at once, and after how many seconds in view each was."""
    seen_by = sorted((one for found in take.expressions for one in found), key=lambda one: one.person)
    after_s = []
    for _, mine in groupby(seen_by, key=lambda one: one.person):
        looks = list(mine)
        first = next((one for one in looks if one.confirmed), None)
        after_s += [(first.t_ns - looks[0].t_ns) * 1e-9] if first else []
    count = score.counted(take)
    return f"{count}: {', '.join(f'{s:.0f}' for s in sorted(after_s))} s" if count else "0"
