"""Expressions in, closed events out, person by person and channel by channel."""

import numpy as np
from numpy.typing import NDArray

from edge.config.sections import EventsSection
from edge.events.brief import BriefSpotter, Shape
from edge.events.macro import MacroSpotter
from edge.events.noise import Noise
from edge.events.reject import EYES, Reasons
from edge.events.tape import SPOTTED, Tape
from edge.records import CHANNELS, Expression, Movement

_COLUMNS = np.array([CHANNELS.index(name) for name in SPOTTED])
GAP_S = 1.0  # a person away for longer starts from nothing
MIN_CANTHUS_PX = 50.0  # below it brief movements drown
NEAR_CANTHUS_PX = 80.0  # below it a lowered brow looks like a blink
MIN_PRESENCE = 0.6
BLINK = 0.10  # least height of AU45, which is in shares of the person's own open eye


class Spotter:
    """Events of everybody; state of each person inside, time from the records only."""

    def __init__(self, section: EventsSection) -> None:
        self._section = section
        self._people: dict[int, _Person] = {}

    def update(self, expression: Expression) -> list[Movement]:
        """Take one person's newest signals; return the events that closed with it, oldest onset first.

        Before them come the events that somebody held who has left meanwhile.
        """
        known, held = self._people.get(expression.person), []
        if known is None or known.lost(expression.t_ns):
            held = self._part(expression.t_ns) if known is None else []
            self.drop(expression.person)
            known = self._people[expression.person] = _Person(expression.person, self._section)
        return held + known.update(expression)

    def finish(self) -> list[Movement]:
        """Close what is still held, as at the end of a recording; offset at the last sample."""
        return [event for person in self._people.values() for event in person.finish()]

    def drop(self, person: int) -> None:
        """Overwrite and drop everything known about one person."""
        if person in self._people:
            self._people.pop(person).wipe()

    def wipe(self) -> None:
        """Overwrite and drop everybody."""
        for person in tuple(self._people):
            self.drop(person)

    def _part(self, t_ns: int) -> list[Movement]:
        """Drop everybody who left; who comes back comes under a new number. Return what they held."""
        gone = [number for number, one in self._people.items() if one.gone(t_ns)]
        held = [event for number in gone for event in self._people[number].finish()]
        for number in gone:
            self.drop(number)
        return held


class _Person:
    """Tape, noise and both spotters of one person."""

    def __init__(self, person: int, section: EventsSection) -> None:
        self._person = person
        self._refractory_ns = round(section.refractory_s * 1e9)
        self._half_ns = round(section.half_s * 1e9)
        self._tape = Tape(len(SPOTTED))
        self._noise = Noise(len(SPOTTED), section.threshold_sd)
        self._brief = BriefSpotter(len(SPOTTED), section.half_s)
        self._macro = MacroSpotter(len(SPOTTED))
        self._first_ns: int | None = None
        self._last_ns = 0
        self._last: dict[tuple[int, bool], Shape] = {}
        self._waiting: list[tuple[Shape, bool]] = []

    def lost(self, t_ns: int) -> bool:
        """Whether the person was away for too long, or time ran backwards."""
        return not 0 < t_ns - self._last_ns <= GAP_S * 1e9

    def gone(self, t_ns: int) -> bool:
        """Whether the person was away for too long at the time of somebody else, later or earlier."""
        return abs(t_ns - self._last_ns) > GAP_S * 1e9

    def update(self, expression: Expression) -> list[Movement]:
        """Push one sample through tape, noise and spotters."""
        t_ns = self._last_ns = expression.t_ns
        if self._first_ns is None:
            self._first_ns = t_ns
        raw = expression.raw[_COLUMNS]
        self._tape.push(t_ns, raw, expression.pose_rad, self._flags(expression))
        brief = self._brief.update(self._tape, self._noise)
        macro = self._macro.update(self._tape, self._noise)
        self._learn(t_ns)
        self._waiting += [(shape, True) for shape in brief] + [(shape, False) for shape in macro]
        return self._judge(t_ns)

    def wipe(self) -> None:
        """Overwrite everything known about the person."""
        for part in (self._tape, self._noise, self._brief, self._macro):
            part.wipe()
        self._last.clear()
        self._waiting.clear()

    def finish(self) -> list[Movement]:
        """Close what is held."""
        held = self._macro.finish(self._tape) if self._tape.end else []
        self._waiting += [(shape, False) for shape in held]
        return self._judge(2**62)

    def _flags(self, expression: Expression) -> NDArray[np.bool_]:
        """Speaking, too little to see, too little to see what is between the brows."""
        dim = expression.canthus_px < MIN_CANTHUS_PX or expression.presence < MIN_PRESENCE
        return np.array([expression.speaking, dim, expression.canthus_px < NEAR_CANTHUS_PX])

    def _learn(self, t_ns: int) -> None:
        tape = self._tape
        if tape.end < 3:
            return
        a, b, c = tape.raw[tape.end - 3 : tape.end]
        neutral = self._macro.neutral(tape.smooth[tape.smooth_end - 1])
        self._noise.update(t_ns, a - 2 * b + c, self._brief.contrast, neutral)

    def _judge(self, t_ns: int) -> list[Movement]:
        """Let shapes ripen until what may disqualify them is known, then accept or drop them."""
        if not self._waiting:
            return []
        reasons = Reasons(self._tape, self._noise, self._first_ns or 0, self._half_ns)
        ready = [w for w in self._waiting if reasons.known_ns(w[0]) <= t_ns]
        self._waiting = [w for w in self._waiting if w not in ready]
        events = []
        for shape, brief in sorted(ready, key=lambda w: w[0].onset_ns):
            if self._known(shape, brief=brief) or reasons.against(shape, brief=brief):
                continue
            self._last[shape.channel, brief] = shape
            events.append(self._event(shape))
        return events

    def _known(self, shape: Shape, *, brief: bool) -> bool:
        """Whether the shape follows too soon, is a brief one seen again as a longer one, or no blink."""
        last, flash = self._last.get((shape.channel, brief)), self._last.get((shape.channel, True))
        if last is not None and shape.onset_ns < last.offset_ns + self._refractory_ns:
            return True
        if not brief and flash is not None and shape.onset_ns <= flash.apex_ns <= shape.offset_ns:
            length_ns = shape.offset_ns - shape.onset_ns
            return length_ns < 2 * (flash.offset_ns - flash.onset_ns)
        return shape.channel == EYES and shape.height < BLINK

    def _event(self, shape: Shape) -> Movement:
        noise = float(self._noise.sd[shape.channel])
        return Movement(
            person=self._person,
            channel=SPOTTED[shape.channel],
            onset_ns=shape.onset_ns,
            apex_ns=shape.apex_ns,
            offset_ns=shape.offset_ns,
            amplitude=shape.height / noise if noise > 0 else float("inf"),
        )
