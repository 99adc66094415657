"""What Python programs call; the commands of the same names parse arguments and call it too."""

from collections.abc import Mapping, Sequence
from numbers import Real
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from edge.camera.orientation import Orientation
from edge.camera.video import VideoFile
from edge.config import Config
from edge.config import load as load_config
from edge.config.sections import MeasuresSection, MimicrySection
from edge.errors import MeasureError, SignalsError, as_path
from edge.measures import TABLE
from edge.outputs import ready, write_text
from edge.pipeline import recorded
from edge.pipeline.whole import Whole, whole
from edge.records import Measure
from edge.reporting import Meaning, Names, loaded, name, pages
from edge.study import drawn, study_of
from edge.tables import Table, from_arrays, from_expressions

MAX_RATE_HZ = 1000.0
SURROGATES = (19, 999)
"""Fewest and most draws of null N1."""
LEAST_HORIZON_S = 180.0
"""Shortest window that can hold a verdict, s."""
SEEDS = (0, 2**31 - 1)


def signals(video: str | Path, *, rate_hz: float | None = None, config: str | Path | None = None) -> Table:
    """See a recording as the service does and return the signals of everybody in it.

    The same numbers as `mimicry-edge signals` writes; with `rate_hz` at most that many frames a second are
    looked at, with `config` as a configuration file asks.

    Raises
    ------
    EdgeError
        If the recording or the configuration cannot be read, nobody is shown, or a model file is missing.

    Examples
    --------
    >>> import edge
    >>> table = edge.signals("scene.mp4")
    >>> len(table.people), len(table.channels)
    (2, 19)
    """
    if rate_hz is not None and not (isinstance(rate_hz, Real) and 0 < rate_hz <= MAX_RATE_HZ):
        raise SignalsError(f"expected a number in (0, {MAX_RATE_HZ:g}], got {rate_hz!r} at rate_hz")
    settings = Config() if config is None else load_config(config)
    with VideoFile(video, orientation=Orientation.of(settings.camera)) as film:
        frames = ((frame.t_ns, people) for frame, _, people in recorded.seen(film, rate_hz, settings))
        return from_expressions(frames, Path(video))


def measure(
    signals: Table | Mapping[int, ArrayLike] | Sequence[ArrayLike],
    *,
    rate_hz: float | None = None,
    channels: Sequence[str] = (),
    measures: Sequence[str] = (),
    surrogates: int = 39,
    seed: int = 1,
    horizon_s: float | None = None,
) -> list[Measure]:
    """Compute the measures of a whole recording, each against its null; all of them unless named.

    Somebody who leaves keeps the results up to then; with `horizon_s` the recording is measured in windows of
    that length. `Measure.over_s` is the span that a result rests on.

    `signals` is a table, or arrays of equal length at `rate_hz`, one for each person: a mapping from the
    person's number, or a sequence counted from 1. An array is [N], or [N, C] with the names of its C columns
    in `channels`; columns named as action units are calibrated like those of a camera.

    Raises
    ------
    SignalsError
        If the signals are no such arrays.
    MeasureError
        If a measure is not known, or a number is out of range.

    Examples
    --------
    The second person moves half a second after the first:

    >>> import edge, numpy as np
    >>> x = np.convolve(np.random.default_rng(1).standard_normal(2403), np.ones(4) / 4, "valid")
    >>> found = edge.measure([x, np.roll(x, 5)], rate_hz=10, measures=["expression_synchrony"])
    >>> found[0].subject, found[0].state, round(found[0].lag_s, 2)
    ((1, 2), 'above', 0.5)
    """
    table = _table(signals, rate_hz, channels)
    found = concluded(table, measures=measures, surrogates=surrogates, seed=seed, horizon_s=horizon_s)
    return list(found.measures)


def concluded(
    table: Table,
    *,
    measures: Sequence[str],
    surrogates: int,
    seed: int,
    horizon_s: float | None = None,
) -> Whole:
    """Put a table through the engine; return what is known of everybody."""
    if horizon_s is not None and not (isinstance(horizon_s, Real) and horizon_s >= LEAST_HORIZON_S):
        raise MeasureError(f"expected at least {LEAST_HORIZON_S:g} s, got {horizon_s!r} at horizon_s")
    config = settings(measures=measures, surrogates=surrogates, seed=seed)
    return whole(table, config, horizon_s=None if horizon_s is None else float(horizon_s))


def settings(*, measures: Sequence[str], surrogates: int, seed: int) -> Config:
    """Return the configuration under which a table is measured."""
    return Config(
        measures=MeasuresSection(enabled=_names(measures), seed=_whole(seed, SEEDS, "seed")),
        mimicry=MimicrySection(surrogates=_whole(surrogates, SURROGATES, "surrogates")),
    )


def report(recording: str | Path | Sequence[str | Path], out: str | Path, *, names: Names = ()) -> None:
    """Draw a recording of JSON lines, as `mimicry-edge replay` prints them, as one page of HTML.

    Results of `measure` as JSON are drawn too. Of several files the page begins with a table of all of them
    and how often each measure was above, at or below chance; the JSON of a `study` adds its figure.
    People are called by their seats, or by `names`: from left to right, or a mapping from their numbers.

    Raises
    ------
    SignalsError
        If a file cannot be read, with the line, the names do not fit, or the page cannot be written.

    Examples
    --------
    >>> import edge
    >>> edge.report("meeting.jsonl", "meeting.html")
    >>> "Who follows whom" in Path("meeting.html").read_text()
    True
    """
    given = recording if isinstance(recording, list | tuple) else [recording]
    paths = [as_path(one, SignalsError, "recording") for one in given]
    if not paths:
        raise SignalsError("expected at least one recording, got none")
    out = as_path(out, SignalsError, "out")
    meanings = [
        Meaning(
            name=one.name,
            definition=one.worded(MimicrySection()),
            unit=one.unit,
            null=one.null,
            not_claimed=one.not_claimed,
        )
        for one in TABLE
    ]
    ready(out, inputs=paths)
    studies = {path: found for path in paths if (found := study_of(path)) is not None}
    recordings = [one for path in paths if path not in studies for one in loaded(path)]
    name(recordings, names)
    write_text(out, pages(recordings, meanings, [drawn(one) for one in studies.values()]))


def _table(
    signals: Table | Mapping[int, ArrayLike] | Sequence[ArrayLike],
    rate_hz: float | None,
    channels: Sequence[str],
) -> Table:
    """Return a table as it is and arrays as one."""
    if isinstance(signals, Table):
        if rate_hz is not None:
            raise SignalsError(f"expected no rate for a table, which has times, got {rate_hz!r} at rate_hz")
        if len(channels):
            raise SignalsError(f"expected no names for a table, which has some, got {channels!r} at channels")
        return signals
    if not isinstance(signals, Mapping | Sequence | np.ndarray) or isinstance(signals, str):
        raise SignalsError(f"expected a table or arrays, got {type(signals).__name__} as signals")
    if rate_hz is None:
        raise SignalsError("expected a rate for arrays, got None at rate_hz")
    return from_arrays(signals, rate_hz=rate_hz, channels=channels)


def _names(measures: Sequence[str]) -> tuple[str, ...]:
    """Check that names of measures come as a list; `edge.measures` knows which there are."""
    if isinstance(measures, str) or not isinstance(measures, Sequence):
        raise MeasureError(f"expected a list of names, got {measures!r} at measures")
    return tuple(measures)


def _whole(value: int, span: tuple[int, int], name: str) -> int:
    """Check a whole number against its range."""
    if not isinstance(value, int | np.integer) or not span[0] <= value <= span[1]:
        raise MeasureError(f"expected a whole number in {span[0]}..{span[1]}, got {value!r} at {name}")
    return int(value)
