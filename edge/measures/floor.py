"""Who speaks is a common cause: heads turn to whoever does, and a listener is quiet while the other speaks.

Two heads that follow one speaker keep a common phase without following each other, and no far lag shows it:
there they follow different speakers. What the speaker explains cannot be taken out either: a phase knows no
size, so the little that a regression leaves of a turn still begins when the turn did. So what moves in both
of two people when the speaker changes is not held for theirs, nor are the jaws of two who take turns. Who
speaks is seen in the mouths, the answer of a head in the size of its movement, whatever its direction; what
goes together by chance shows at far lags.
"""

import numpy as np

from edge.arrays import Floats
from edge.measures.context import Context
from edge.measures.matching import RATE_HZ, half_seconds, said
from edge.measures.shifts import circular_shifts, turned

POSE = {"yaw": 0, "pitch": 1}
ANSWERS_S = (0.0, 0.5, 1.0, 1.5)  # after a change of the speaker (ours)
HIGH = 0.95  # quantile beyond which a movement weighs no more (ours)
LIMIT = 2.0  # standard deviations beyond chance (ours)


def moved_by_speaker(context: Context, pair: tuple[int, int], name: str) -> bool:
    """Whether yaw or pitch of both people moves when the speaker changes, or their jaws by turns."""
    if context.roles.mouth is None:
        return False
    if name == "jaw":
        return -_spoken_at_once(context, pair) > LIMIT
    return name in POSE and min(_turned_to_speaker(context, pair, one, name) for one in pair) > LIMIT


def _spoken_at_once(context: Context, pair: tuple[int, int]) -> float:
    """How much two people speak at once, in standard deviations from far lags."""

    def made() -> Floats:
        first, second = (said(context, one)[-context.n_at(RATE_HZ, *pair) :] for one in pair)
        return np.array([_beyond_chance(context, first, second, (0.0,))])

    return float(context.memo(("spoken at once", pair), made)[0])


def _turned_to_speaker(context: Context, pair: tuple[int, int], person: int, name: str) -> float:
    """How closely one of them moves when the speaker changes, in standard deviations from far lags."""
    n = context.n_at(RATE_HZ, *pair)

    def made() -> Floats:
        size, changes = _movement(context, person, name)[-n:], _changes(context)[-n:]
        return np.array([_beyond_chance(context, size, changes, ANSWERS_S)])

    return float(context.memo(("turned to speaker", person, name, n), made)[0])


def _beyond_chance(context: Context, x: Floats, cause: Floats, lags_s: tuple[float, ...]) -> float:
    """Largest product of x with an earlier cause, in standard deviations from the same at far lags."""
    rate_hz = context.rate_at(RATE_HZ)
    shifts = circular_shifts(len(x), rate_hz, context.surrogates)
    if len(shifts) < 2:
        return 0.0
    at = np.append(0, shifts)[:, None] - np.rint(np.array(lags_s) * rate_hz).astype(np.int64)
    found = (turned(cause, at.ravel()) @ (x - x.mean())).reshape(at.shape).max(axis=1)
    spread = float(found[1:].std())
    return float(found[0] - found[1:].mean()) / spread if spread > 0.0 else 0.0


def _movement(context: Context, person: int, name: str) -> Floats:
    """How far a head has turned in the second before, its mean where it is not seen, [N]."""
    position = half_seconds(context, context.tick.pose_rad[person][POSE[name]])
    second = round(context.rate_at(RATE_HZ))
    size = np.abs(position - np.concatenate((np.full(second, np.nan), position[:-second])))
    seen = np.isfinite(size)
    if not seen.any():
        return np.zeros(len(size))
    clipped = np.minimum(size, np.quantile(size[seen], HIGH))
    return np.asarray(np.where(seen, clipped, clipped[seen].mean()))


def _changes(context: Context) -> Floats:
    """How much changes in who speaks, [N]."""

    def made() -> Floats:
        talk = np.stack([said(context, one) for one in context.people])
        return np.asarray(np.abs(np.diff(talk, prepend=talk[:, :1])).sum(axis=0))

    return context.memo(("changes",), made)
