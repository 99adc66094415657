"""What may be published: of a report, only what profile, mute, number of people and consent allow.

The only door between the measures and the world. The signals of single frames, which
`replay --frames` prints, are person level and never published.

| profile | room level | pair level | person level | leaves the device |
|---|---|---|---|---|
| `workplace` | with `k_people` (at least 3) present | the same, and a booking with consent | never | yes |
| `personal` | yes | yes | yes | never |
| `research` | yes | yes | yes | yes |
"""

import secrets
from collections.abc import Callable, Iterable, Iterator

from edge.config.sections import PrivacySection
from edge.missing import together
from edge.plain import Json
from edge.privacy import content
from edge.privacy.episodes import Episodes
from edge.privacy.summary import Rollup
from edge.records import CHANNELS, Expression, Measure, Message, MessageKind, Report

_ALIASES = 900


class Door:
    """Decides by profile, `muted()` and `consent()`, both asked at each message, what leaves the device."""

    def __init__(
        self,
        section: PrivacySection,
        *,
        muted: Callable[[], bool],
        consent: Callable[[], bool],
        summary_s: float = 60.0,
        channels: tuple[str, ...] = CHANNELS,
    ) -> None:
        self._profile, self._muted, self._consent = section.profile, muted, consent
        self._workplace = section.profile == "workplace"
        self._k = section.k_in_force
        self._local = section.profile == "personal"
        self._channels = channels
        self._episodes, self._rollup = Episodes(), Rollup(summary_s)
        self._aliases: dict[int, int] = {}

    def filter(
        self, report: Report, *, fps: float | None = None, stage_ms: dict[str, float] | None = None
    ) -> Iterator[Message]:
        """Yield what may be published of one report; nothing while muted.

        `fps` and `stage_ms` describe the device and pass. Every message is checked against the mute again at
        the moment it is taken.
        """
        yield from self._passed(self._messages(report, _machine(fps, stage_ms)))

    def live(
        self, report: Report, *, fps: float | None = None, stage_ms: dict[str, float] | None = None
    ) -> Iterator[Message]:
        """Yield the live message only: a report repeated between two hops with newer signals."""
        yield from self._passed([self._live(report, self._hop(report), _machine(fps, stage_ms))])

    def frames(self, expressions: Iterable[Expression]) -> Iterator[Json]:
        """Yield the signals of everybody in one frame, person level, for printing on this machine."""
        for expression in () if self._workplace or self._muted() else expressions:
            yield content.frame(expression, self._channels)

    def people(self, people: Iterable[int]) -> list[int]:
        """Return numbers of people, person level, for printing on this machine."""
        return [] if self._workplace or self._muted() else list(people)

    def nulls(self, measures: Iterable[Measure]) -> Iterator[Json]:
        """Yield the draws that values were held against, pair level, for printing on this machine."""
        for one in () if self._workplace or self._muted() else measures:
            if one.null is not None and one.null.draws:
                yield {"name": one.name, "subject": list(one.subject)} | content.draws(one.null)

    def finish(self, t_ns: int) -> Iterator[Message]:
        """Yield the summary of the minute that the end of a recording cut short; nothing while muted."""
        summary = self._rollup.finish(t_ns / 1e9)
        if summary is not None:
            body = {"profile": self._profile} | summary
            yield from self._passed([self._message("summary", t_ns, body)])

    def tells(self, report: Report | None) -> bool:
        """Return whether health may say what people of the last report do, in numbers of them all."""
        return report is not None and not self._local and self._enough(report)

    def reconfigure(self, *, summary_s: float) -> None:
        """Take the rate of a reloaded configuration."""
        self._rollup.summary_s = summary_s

    def _passed(self, messages: Iterable[Message]) -> Iterator[Message]:
        """Yield messages until a mute comes between."""
        for message in messages:
            if self._muted():
                self.wipe()
                return
            yield message

    def wipe(self) -> None:
        """Drop everything not yet published; called when a mute begins and when a meeting ends."""
        self._episodes.wipe()
        self._rollup.wipe()
        self._aliases.clear()

    def _messages(self, report: Report, machine: Json) -> Iterator[Message]:
        t_s = report.t_ns / 1e9
        if not report.people:
            self._aliases.clear()
        hop = self._hop(report)
        yield self._live(report, hop, machine)
        for event in self._episodes.update(t_s, self._subjects(hop), self._spans(report)):
            yield self._message("event", report.t_ns, {"profile": self._profile} | event)
        summary = self._rollup.update(t_s, hop)
        if summary is not None:
            yield self._message("summary", report.t_ns, {"profile": self._profile} | summary)
        yield from self._records(report, round(t_s, 3))

    def _live(self, report: Report, hop: Json, machine: Json) -> Message:
        body = {"profile": self._profile, "t_s": round(report.t_ns / 1e9, 3)} | hop | machine
        for name in ("measures", "missing", "seen", "lag_profiles"):  # in the summary and the lines
            body.pop(name, None)
        return self._message("live", report.t_ns, body)

    def _hop(self, report: Report) -> Json:
        """Return the content of one hop, in the levels that are open."""
        if not self._enough(report):
            return {"count": len(report.present)} | content.index(()) | {"reason": "few_people"}
        hop: Json = {"count": len(report.present)} | content.index(report.measures)
        pairs = [one for one in report.measures if one.name == content.PAIR and len(one.subject) == 2]
        hop["active_pairs"] = sum(one.state == "above" for one in pairs)
        hop["missing"] = content.shares(together(report.seen))
        hop["measures"] = [content.measure(one) for one in report.measures if not one.subject]
        names = self._names(report.people)
        if self._pairs_open:
            hop["pairs"] = [content.pair(one, names) for one in pairs]
        if not self._workplace:
            # between two hops somebody may have come whom the measures do not know yet
            known = [one for one in report.expressions if one.person in names]
            known.sort(key=lambda one: one.box_px[0])  # as they sit, from the left of the picture
            hop["people"] = [content.person(one, self._channels, names) for one in known]
            hop["seen"] = [content.seen(one, names) for one in report.seen if one.person in names]
            profiles = [content.lag_profile(one, names) for one in pairs]
            hop["lag_profiles"] = [one for one in profiles if one]
            hop["movements"] = [content.movement(one) for one in report.events]
        return hop

    def _subjects(self, hop: Json) -> dict[tuple[int, ...], Json]:
        """Return the states that episodes are made of: pairs where they are open, else the room."""
        if "pairs" not in hop:
            keys = ("index", "null", "p", "evidence", "coverage", "state")
            return {(): {key: hop[key] for key in keys}}
        return {tuple(pair["pair"]): _episode(pair) for pair in hop["pairs"]}

    def _spans(self, report: Report) -> dict[tuple[int, ...], tuple[float, float]]:
        """Return from when to when what is under way has been seen, s, by subject."""
        names = self._names(report.people)
        return {
            tuple(names[one] for one in measure.subject): (measure.span_ns[0] / 1e9, measure.span_ns[1] / 1e9)
            for measure in report.measures
            if measure.span_ns is not None and content.episodic(measure)
        }

    def _records(self, report: Report, t_s: float) -> Iterator[Message]:
        """Yield the single records for the lines, as far as their level is open."""
        names = self._names(report.people)
        for measure in report.measures if self._enough(report) else ():
            if self._subject_open(measure.subject):
                body = {"t_s": t_s, "subject": [names[one] for one in measure.subject]}
                yield self._message("measure", report.t_ns, body | content.measure(measure))
        if self._workplace:
            return
        for coupling in report.couplings:
            yield self._message("coupling", coupling.t_ns, {"t_s": t_s} | content.coupling(coupling))
        for event in report.events:
            yield self._message("movement", event.offset_ns, content.movement(event))

    def _enough(self, report: Report) -> bool:
        """Return whether enough people are in the room now; who left does not count at the workplace."""
        return len(report.present) >= self._k if self._workplace else bool(report.people)

    def _subject_open(self, subject: tuple[int, ...]) -> bool:
        """Return whether a measure of this subject may be published."""
        if not subject or not self._workplace:
            return True
        return len(subject) == 2 and self._pairs_open

    @property
    def _pairs_open(self) -> bool:
        return not self._workplace or self._consent()

    def _names(self, people: tuple[int, ...]) -> dict[int, int]:
        """Return the numbers to publish: at the workplace drawn again for every meeting."""
        if not self._workplace:
            return {person: person for person in people}
        if len(self._aliases) + len(people) > _ALIASES:  # a room that is never empty
            self._aliases = {one: alias for one, alias in self._aliases.items() if one in people}
        for person in people:
            if person not in self._aliases:
                taken = set(self._aliases.values())
                free = [alias for alias in range(100, 100 + _ALIASES) if alias not in taken]
                self._aliases[person] = secrets.choice(free)
        return self._aliases

    def _message(self, kind: MessageKind, t_ns: int, body: Json) -> Message:
        return Message(kind=kind, t_ns=t_ns, body=body, local=self._local)


def _machine(fps: float | None, stage_ms: dict[str, float] | None) -> Json:
    return {"fps": content.number(fps), "stage_ms": stage_ms or {}}


def _episode(pair: Json) -> Json:
    """Return a pair's state as the content of an episode."""
    lag_s = pair["lag_s"]
    body = {
        "tracks": pair["pair"],
        "leader": pair["leader"],
        "lag_ms": None if lag_s is None else round(abs(lag_s) * 1000),
    }
    kept = ("r", "z", "null", "p", "evidence", "coverage", "state")
    return body | {key: pair[key] for key in kept}
