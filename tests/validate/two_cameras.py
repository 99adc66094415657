"""Six people in front of two cameras, three a side, from pixels to verdicts of one meeting.

A follows B within the left camera, C follows D from one camera to the other, F follows E within the right
one; everybody else is independent. The cameras are not synchronised: each takes every other moment of the
scene. The table goes into docs/cameras.md.
"""

from collections import defaultdict
from dataclasses import replace
from pathlib import Path

from edge.config import Config
from edge.config.sections import MeasuresSection, PrivacySection
from edge.pipeline.replay import Replay
from edge.records import Frame
from edge.stage import Stage
from edge.stage.script import Delay, Envelope, Mimicry, Own, Person, Script
from tests.validate import pixels
from tests.validate.tables import table

PAGE = Path(__file__).parents[2] / "docs" / "cameras.md"
A, B, C, D, E, F = range(6)
SIDES = ((A, B, C), (D, E, F))
"""Who sits before which camera."""
PLANTED = {(B, A): 0.6, (D, C): 0.7, (E, F): 0.8}
"""Leader, follower: delay, s."""
SECONDS, RATE_HZ = 600.0, 15.0  # of each camera
SEATS = (0.18, 0.5, 0.82)
LOOKS = (("astronaut", "plain"), ("hopper", "plain"), ("astronaut", "mirror-blue"))
FDR = MeasuresSection().fdr_q


def script(seconds=SECONDS, seed=61):
    """Return the scene of both sides; people of the two sides share their places in the picture."""
    people = tuple(
        Person(portrait=portrait, variant=variant, position=(x, 0.45), canthus_px=70.0)
        for _ in SIDES
        for (portrait, variant), x in zip(LOOKS, SEATS, strict=True)
    )
    everybody = tuple(range(len(people)))
    leaders = tuple(one for one in everybody if one not in {follower for _, follower in PLANTED})
    own = (
        Own(people=leaders, channels=("AU12",), per_minute=5.0, shape=Envelope()),
        Own(people=everybody, channels=("AU01", "AU02"), per_minute=2.0, shape=Envelope()),
        Own(people=everybody, channels=("AU25",), per_minute=2.0, shape=Envelope()),
        Own(people=everybody, channels=("AU45",), per_minute=14.0, shape=pixels.BLINK),
    )
    planted = tuple(
        Mimicry(leader=i, follower=j, channels=("AU12",), probability=0.9, delay=Delay(mean=at_s, sd=0.05))
        for (i, j), at_s in PLANTED.items()
    )
    return Script(
        size_px=(960, 540),
        rate_hz=2 * RATE_HZ,
        seconds=seconds,
        seed=seed,
        people=people,
        own=own,
        mimicry=planted,
    )


def frames(scene):
    """Yield the frames of both cameras in the order of their times; one shows what the other does not."""
    stages = [Stage(scene) for _ in SIDES]
    for stage, side in zip(stages, SIDES, strict=True):
        mine = [[person in side] for person in range(len(scene.people))]
        stage.truth = replace(stage.truth, present=stage.truth.present & mine)
    for moment, t_ns in enumerate(stages[0].truth.t_ns.tolist()):
        index, view = divmod(moment, len(SIDES))
        image = stages[view].image(moment)
        image.flags.writeable = False
        yield Frame(t_ns=t_ns, index=index, image=image, view=view)


def film(scene):
    """Take the scene through the engine of the service; return its verdicts by seats, and who sat where.

    Who sat where: the numbers of each seat.
    """
    config, bodies, numbers = Config(privacy=PrivacySection(profile="research")), {}, defaultdict(set)

    def say(message):
        if message.kind == "measure":
            bodies[message.body["name"], tuple(message.body["subject"])] = message.body

    replay = Replay(config, say, (config.camera,) * len(SIDES))
    for frame in frames(scene):
        for one in replay.frame(frame):
            numbers[_seat(one, frame.view, scene)].add(one.person)
    replay.finish()
    places = {person: seat for seat, people in numbers.items() for person in people}
    return pixels.verdicts(bodies.values(), places), numbers


def _seat(one, view, scene):
    """Whose face this is, by its middle."""
    x, _, width, _ = one.box_px
    across = (x + width / 2) / scene.size_px[0]
    return min(SIDES[view], key=lambda person: abs(scene.people[person].position[0] - across))


def wrong(found, numbers):
    """Say of each planted pair and of the person numbers what the truth of the scene contradicts."""
    said = []
    for (i, j), delay_s in PLANTED.items():
        states = {name: found.get(_key(name, i, j), {}).get("state", "missing") for name in pixels.MUST}
        said += [f"{name} of {_pair(i, j)} is {state}" for name, state in states.items() if state != "above"]
        if not abs(_lag_s(found, i, j) - delay_s) <= 1 / RATE_HZ:
            said.append(f"the lag of {_pair(i, j)} is {_lag_s(found, i, j):.2f} s, not {delay_s} s")
    away, false = (len(one) for one in _spoken(found))
    if false > FDR * away:
        said.append(f"{false} of {away} verdicts away from chance are false")
    left, right = (set().union(*(numbers[seat] for seat in side)) for side in SIDES)
    said += [f"both cameras have number {one}" for one in sorted(left & right)]
    return said


def _spoken(found):
    """Return the verdicts away from chance, and those of them about people who do not follow one another."""
    away = [(name, pair) for (name, pair), one in found.items() if one["state"] in {"above", "below"}]
    return away, [one for one in away if one[1] not in PLANTED and one[1][::-1] not in PLANTED]


def _key(name, i, j):
    """Return where the verdict about j who follows i stands."""
    return name, (i, j) if name in pixels.DIRECTED else (min(i, j), max(i, j))


def _lag_s(found, i, j):
    """By how much j is behind i, s; NaN without synchrony."""
    lag_s = found.get(_key("expression_synchrony", i, j), {}).get("lag_s")
    return float("nan") if lag_s is None else lag_s * (1 if i < j else -1)


def _pair(i, j):
    return f"{'ABCDEF'[i]} -> {'ABCDEF'[j]}"


def report(*, short=False):
    """Return the table; `short` renders nothing."""
    scene = script()
    seats = {person: {person} for side in SIDES for person in side}
    found, numbers = (pixels.signals(replace(scene, rate_hz=RATE_HZ)), seats) if short else film(scene)
    rows = [
        (
            _pair(i, j),
            "one" if (i < len(SEATS)) == (j < len(SEATS)) else "two",
            *(found.get(_key(name, i, j), {}).get("state", "missing") for name in pixels.MUST),
            f"{_lag_s(found, i, j):.3f} s",
            f"{delay_s} s",
        )
        for (i, j), delay_s in PLANTED.items()
    ]
    away, false = _spoken(found)
    note = (
        f"Ten minutes, {RATE_HZ:g} pictures a second of each camera. Verdicts away from chance: {len(away)}, "
        f"of these about pairs that are not planted: {len(false)}. Numbers of the six people: "
        f"{sum(map(len, numbers.values()))}."
    )
    header = ("pair", "cameras", *(f"`{name}`" for name in pixels.MUST), "lag", "planted")
    return [table("Six people, two cameras", header, rows, note, wrong(found, numbers))]
