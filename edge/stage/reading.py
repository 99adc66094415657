"""YAML to one frozen `Script`; `StageError` names line, key, value and expectation."""

from pathlib import Path
from typing import Any

from edge.stage import _strict
from edge.stage._strict import Value, choice, integer, listed, number, span, table
from edge.stage.script import (
    CHANNELS,
    MAX_PEOPLE,
    MAX_SECONDS,
    PORTRAITS,
    SHORTEST_S,
    VARIANTS,
    Delay,
    Envelope,
    Flicker,
    Mimicry,
    Occlusion,
    Own,
    Person,
    Planted,
    Script,
    Shared,
    Speech,
    Sway,
    Turn,
)


def load_script(source: str | Path | Script) -> Script:
    """Read a script from a file or a text; `StageError` names line, key, value and expectation."""
    return source if isinstance(source, Script) else _script(_strict.load(source))


_SECONDS = number(0, MAX_SECONDS)
_CHANNELS = listed(choice(CHANNELS), 1, len(CHANNELS))
_SHAPE = {
    "amplitude": span(0, 1),
    "onset_s": span(0.01, 60),
    "hold_s": span(0, 600),
    "offset_s": span(0.01, 60),
}


def _script(value: Value) -> Script:
    found = table(
        value,
        {
            "size_px": listed(integer(64, 4096), 2, 2),
            "rate_hz": number(1, 240),
            "seconds": number(0.04, MAX_SECONDS),
            "seed": integer(0, 2**31 - 1),
            "jitter_s": number(0, 0.05),
            "noise_sd": number(0, 30),
            "flicker": lambda v: Flicker(**table(v, {"depth": number(0, 0.3), "hz": number(0.01, 60)})),
            "people": listed(_person, 1, MAX_PEOPLE),
            "behaviour": lambda v: v,
        },
        required=("people",),
    )
    if found.get("jitter_s", 0.0) * found.get("rate_hz", 30.0) > 0.1:
        raise value.wrong("jitter_s of at most a tenth of a frame period", f"{found['jitter_s']:g} s")
    behaviour = found.pop("behaviour", None)
    return Script(**found, **(_behaviour(behaviour, len(found["people"])) if behaviour else {}))


def _person(value: Value) -> Person:
    share = number(-1, 2)
    sway = {
        "x_px": number(0, 100),
        "y_px": number(0, 100),
        "scale": number(0, 0.3),
        "roll_deg": number(0, 15),
    }
    sway |= {"yaw_deg": number(0, 20), "pitch_deg": number(0, 15), "hz": number(0.01, 1)}
    occlusion = {"at_s": _SECONDS, "seconds": number(0.1, 60), "radius": number(0.1, 3)}
    turn = {"at_s": _SECONDS, "yaw_deg": number(-60, 60), "pitch_deg": number(-40, 40)}
    turn |= {"move_s": number(0.1, 10)}
    person = Person(
        **table(
            value,
            {
                "portrait": choice(PORTRAITS),
                "variant": choice(VARIANTS),
                "position": listed(share, 2, 2),
                "canthus_px": number(15, 400),
                "enter_s": _SECONDS,
                "leave_s": _SECONDS,
                "sway": lambda v: Sway(**table(v, sway)),
                "occlusions": listed(lambda v: Occlusion(**table(v, occlusion, ("at_s", "seconds")))),
                "turns": listed(lambda v: Turn(**table(v, turn, ("at_s",)))),
            },
            required=("portrait",),
        )
    )
    if person.leave_s <= person.enter_s:
        raise value.wrong("leave_s after enter_s", f"{person.leave_s:g}")
    return person


def _behaviour(value: Value, people: int) -> dict[str, Any]:
    one, everyone = integer(0, people - 1), tuple(range(people))
    several = listed(one, 1, people)
    rate, share = number(0, 120), number(0, 1)

    def people_of(v: Value) -> tuple[int, ...]:
        return everyone if v.scalar.text == "all" else several(v)

    common: dict[str, Any] = {"channels": _CHANNELS, "people": people_of, "per_minute": rate}
    own = common | _SHAPE | {"gap_s": number(0, 60)}
    shared = common | _SHAPE | {"probability": share, "delay_s": _delay}
    mimicry = {"leader": one, "follower": one, "channels": _CHANNELS, "probability": share}
    mimicry |= {"delay_s": _delay, "gain": number(0.1, 2)}
    planted = {"person": one, "channels": _CHANNELS, "at_s": _SECONDS, **_SHAPE}
    speech = {"person": one, "at_s": _SECONDS, "seconds": _SECONDS}
    speech |= {"syllables_hz": number(1, 8), "amplitude": share}
    return table(
        value,
        {
            "own": listed(lambda v: Own(**_moving(v, own, ("channels", "per_minute"), everyone))),
            "shared": listed(lambda v: Shared(**_moving(v, shared, ("channels", "per_minute"), everyone))),
            "mimicry": listed(lambda v: _mimicry(v, mimicry)),
            "events": listed(lambda v: Planted(**_moving(v, planted, ("person", "channels", "at_s")))),
            "speech": listed(lambda v: Speech(**table(v, speech, ("person", "at_s", "seconds")))),
        },
    )


def _moving(
    value: Value, readers: dict[str, Any], required: tuple[str, ...], people: tuple[int, ...] | None = None
) -> dict[str, Any]:
    """Read something with an envelope; `people` move when nobody is named."""
    found = table(value, readers, required)
    shape = Envelope(**{key: found.pop(key) for key in _SHAPE if key in found})
    if shape.onset_s[0] + shape.hold_s[0] + shape.offset_s[0] < SHORTEST_S:
        raise value.wrong(f"onset, hold and offset of {SHORTEST_S:g} s or more together", "less")
    if "delay_s" in readers:
        found["delay"] = found.pop("delay_s", Delay())
    if people is not None:
        found.setdefault("people", people)
    return found | {"shape": shape}


def _mimicry(value: Value, readers: dict[str, Any]) -> Mimicry:
    found = table(value, readers, ("leader", "follower", "channels", "probability"))
    if found["leader"] == found["follower"]:
        raise value.wrong("two different people", f"person {found['leader']} twice")
    return Mimicry(delay=found.pop("delay_s", Delay()), **found)


def _delay(value: Value) -> Delay:
    seconds = number(0, 30)
    shape = choice(("normal", "gamma"))
    return Delay(
        **table(value, {"mean": seconds, "sd": seconds, "least": seconds, "shape": shape}, ("mean",))
    )
