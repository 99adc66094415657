"""Expressions in, closed events out, person by person and channel by channel."""

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from edge.arrays import Floats
from edge.config.sections import EventsSection
from edge.events.blink import FAINT, HEIGHT, BlinkSpotter
from edge.events.brief import BriefSpotter
from edge.events.macro import MacroSpotter
from edge.events.noise import LAG_S, Noise
from edge.events.reject import Reasons
from edge.events.shape import Shape
from edge.events.tape import COLUMNS, EYES, SPOTTED, S, Tape
from edge.records import CHANNELS, Expression, Movement

_SPOTTED_AT = np.array([CHANNELS.index(name) for name in SPOTTED])
GAP_S = 1.0  # a person away for longer starts again
MIN_CANTHUS_PX = 50.0  # below it brief movements drown
NEAR_CANTHUS_PX = 80.0  # below it a lowered brow looks like a blink
MIN_PRESENCE = 0.6
TWIN_S = 1.0  # a run up to this length and a brief shape in it are one movement,
EDGE_S = 0.2  # and so are a longer one and a brief shape as near as this to its onset or offset


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
            known = _Person(expression.person, self._section, in_cm=expression.in_cm)
            self._people[expression.person] = known
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

    def __init__(self, person: int, section: EventsSection, *, in_cm: bool) -> None:
        self._person = person
        self._in_cm = in_cm
        self._refractory_ns = round(section.refractory_s * 1e9)
        self._half_ns = round(section.half_s * 1e9)
        self._tape = Tape()
        self._noise = Noise(section.threshold_sd)
        self._blink = BlinkSpotter()
        self._brief = BriefSpotter(section.half_s)
        self._macro = MacroSpotter(in_cm=in_cm)
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
        flags, size_px = self._flags(expression), expression.canthus_px
        self._tape.push(t_ns, _row(expression), expression.pose_rad, flags, size_px)
        brief = self._brief.update(self._tape, self._noise)
        if brief and np.isfinite(expression.closure).any():  # a table has no eyes, only AU45
            brief = [shape for shape in brief if shape.channel != EYES]
        brief += self._blink.update(self._tape, self._noise)
        macro = self._macro.update(self._tape, self._noise)
        self._learn(t_ns)
        self._waiting += [(shape, True) for shape in brief] + [(shape, False) for shape in macro]
        return self._judge(t_ns)

    def wipe(self) -> None:
        """Overwrite everything known about the person."""
        for part in (self._tape, self._noise, self._blink, self._brief, self._macro):
            part.wipe()
        self._last.clear()
        self._waiting.clear()

    def finish(self) -> list[Movement]:
        """Close what is held."""
        held = self._macro.finish(self._tape, self._noise) if self._tape.end else []
        self._waiting += [(shape, False) for shape in held]
        return self._judge(2**62)

    def _flags(self, expression: Expression) -> NDArray[np.bool_]:
        """Speaking, too little to see, too little to see what is between the brows."""
        dim = expression.canthus_px < MIN_CANTHUS_PX or expression.presence < MIN_PRESENCE
        return np.array([expression.speaking, dim, expression.canthus_px < NEAR_CANTHUS_PX])

    def _learn(self, t_ns: int) -> None:
        tape, noise = self._tape, self._noise
        if tape.end < 3:
            return
        if noise.due(t_ns):
            a, b, c = tape.raw[tape.end - 3 : tape.end]
            newest = tape.smooth_end - 1
            past = tape.at(int(tape.t_ns[newest]) - round(LAG_S / S))
            now, pose_rad = tape.smooth[newest], tape.pose_rad[newest]
            noise.take(t_ns, a - 2 * b + c, self._brief.contrast, now, past, pose_rad=pose_rad)
        noise.refresh(t_ns)

    def _judge(self, t_ns: int) -> list[Movement]:
        """Let shapes ripen until what may disqualify them is known, then accept or drop them."""
        if not self._waiting:
            return []
        reasons = Reasons(self._tape, self._noise, self._first_ns or 0, self._half_ns, in_cm=self._in_cm)
        ready = [w for w in self._waiting if reasons.known_ns(w[0]) <= t_ns and not self._open(*w, t_ns)]
        if not ready:
            return []
        beside = [one for one in self._waiting if not (one[1] and reasons.against(one[0], brief=True))]
        self._waiting = [w for w in self._waiting if w not in ready]
        events = []
        for shape, brief in sorted(ready, key=_order):
            others = [one for one, kind in beside if kind != brief]
            if self._known(shape, others, brief=brief) or reasons.against(shape, brief=brief):
                continue
            before = self._last.get((shape.channel, brief))
            if before is not None and shape.onset_ns < before.offset_ns:
                shape = replace(shape, onset_ns=before.offset_ns)  # noqa: PLW2901 - the same movement, cut
            self._last[shape.channel, brief] = shape
            events.append(self._event(shape))
        return events

    def _open(self, shape: Shape, brief: bool, t_ns: int) -> bool:  # noqa: FBT001 - one of a pair
        """Whether a brief shape may still turn out to be one movement with the run under way."""
        run = self._macro.runs.get(shape.channel) if brief and shape.channel != EYES else None
        return run is not None and run.start_ns <= shape.offset_ns and t_ns < run.start_ns + TWIN_S / S

    def _begins(self, shape: Shape) -> bool:
        """Whether a brief shape is the beginning of a longer run under way."""
        run = self._macro.runs.get(shape.channel)
        return run is not None and abs(shape.onset_ns - run.start_ns) <= EDGE_S / S

    def _known(self, shape: Shape, others: list[Shape], *, brief: bool) -> bool:
        """Whether it follows too soon, is one movement with one of the other kind (`others`), or no blink."""
        last, other = self._last.get((shape.channel, brief)), self._last.get((shape.channel, not brief))
        blink = brief and shape.channel == EYES
        begins_ns = shape.onset_ns if brief and not blink else shape.apex_ns
        if last is not None and begins_ns < last.offset_ns + (0 if blink else self._refractory_ns):
            return True
        if brief and not blink and (self._begins(shape) or any(_part(shape, longer) for longer in others)):
            return True
        if not brief and any(_twins(shape, one) and not _part(one, shape) for one in others):
            return True
        return (self._in_cm and shape.channel == EYES and shape.height < (FAINT if brief else HEIGHT)) or (
            other is not None and _twins(shape, other)
        )

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


def _order(waiting: tuple[Shape, bool]) -> tuple[bool, int]:
    """Brief movements before longer ones, which are judged against them; then by onset."""
    return not waiting[1], waiting[0].onset_ns


def _row(expression: Expression) -> Floats:
    """Return the channels that are spotted and how far each eye is closed, [COLUMNS]."""
    row = np.empty(COLUMNS)
    row[: len(SPOTTED)] = expression.raw[_SPOTTED_AT]
    both = row[EYES] if expression.in_cm else np.nan
    known = all(map(math.isfinite, expression.closure))
    row[len(SPOTTED) :] = expression.closure if known else both
    return row


def _part(brief: Shape, longer: Shape) -> bool:
    """Whether a brief shape is a part of a longer one that is no mere twin of it; a blink never is."""
    same = brief.channel == longer.channel != EYES
    return same and longer.length_s >= 2 * brief.length_s and _twins(brief, longer)


def _twins(shape: Shape, other: Shape) -> bool:
    """Whether two shapes of one channel, brief and longer, are one movement, not one on top of the other."""
    brief, longer = sorted((shape, other), key=lambda one: one.length_s)
    if not longer.onset_ns <= brief.apex_ns <= longer.offset_ns:
        return False
    edge_ns = EDGE_S / S
    at_edge = min(abs(brief.onset_ns - longer.onset_ns), abs(brief.offset_ns - longer.offset_ns)) <= edge_ns
    one_top = brief.channel == EYES and abs(brief.apex_ns - longer.apex_ns) <= edge_ns
    return longer.length_s <= TWIN_S or at_edge or one_top
