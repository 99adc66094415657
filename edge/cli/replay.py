"""`replay`: recordings or signals tables through the engine of the service, results as JSON lines or MQTT."""

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TextIO

from edge.cli import _tables, _together
from edge.cli._origin import origin
from edge.cli._progress import Progress
from edge.config import Config, load, require_hub
from edge.config.sections import PrivacySection
from edge.errors import PublishError
from edge.missing import missing_words
from edge.outputs import STANDARD, ready, written
from edge.pipeline.replay import Replay
from edge.plain import Json
from edge.publish import Lines, Publisher
from edge.records import Expression, Message
from edge.tables import Table

HELP = "run a recording or a table of signals through the engine of the service"
DRAIN_S = 60.0  # longest wait for the hub to take everything


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("inputs", nargs="+", type=Path, metavar="VIDEO|SIGNALS.csv")
    parser.add_argument("--config", type=Path, help="YAML file; without one, defaults and profile research")
    out = "lines|mqtt|FILE.jsonl"
    parser.add_argument("--out", type=_place, default="lines", metavar=out, help="where results go (lines)")
    frames = "also one line for every person and frame; none with profile workplace"
    parser.add_argument("--frames", action="store_true", help=frames)
    _tables.add_rate(parser, "rate of a table's frames or rows, where it has no times")
    _tables.add_arguments(parser)
    _together.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Replay every input in its own meeting, or all in one; figures go to stderr."""
    tables = all(map(_tables.is_table, args.inputs)) and args.offset_s is None and not args.sync_audio
    if not (tables and args.together):
        _together.check(args, args.inputs)
    ready(_file(args.out), inputs=[*args.inputs, *([args.config] if args.config else [])])
    config = load(args.config) if args.config else Config(privacy=PrivacySection(profile="research"))
    if args.out == "mqtt":
        if args.config is None:
            raise PublishError("expected a broker for --out mqtt, got none at --config")
        require_hub(config, args.config)
    with written(_file(args.out)) as stream:
        if args.together and not tables:
            _meeting(args, config, stream)
            return 0
        for paths in [args.inputs] if args.together else [[path] for path in args.inputs]:
            with _sink(config, args, stream) as (say, lines):
                _replay(paths, config, say, lines, args)
    return 0


def _place(text: str) -> str:
    """Read where results go."""
    if text not in {"lines", "mqtt", "-"} and not text.endswith(".jsonl"):
        raise argparse.ArgumentTypeError(f"expected lines, mqtt or a file ending in .jsonl, got {text!r}")
    return text


def _file(out: str) -> Path:
    """Return where lines go: a file, or standard output."""
    return STANDARD if out in {"lines", "mqtt"} else Path(out)


def _meeting(args: argparse.Namespace, config: Config, stream: TextIO) -> None:
    """Replay several recordings as one meeting; a line for everybody names the recording they are in."""
    from edge.pipeline.together import Together

    paths: list[Path] = args.inputs
    starts, cameras = _together.starts(args, paths), _together.cameras(config, paths)
    begin_s = time.monotonic()
    with Together(paths, starts, cameras) as films, _sink(config, args, stream) as (say, lines):
        replay = Replay(config, say, cameras)
        placed: set[int] = set()
        frames_n = [0] * len(paths)
        progress = Progress(" + ".join(path.name for path in paths), films.expected_n)
        for frame in films:
            bodies = replay.door.frames(replay.frame(frame))
            if lines is not None:
                _placed(bodies, paths[frame.view].name, placed, lines, frames=args.frames)
            frames_n[frame.view] += 1
            progress.step()
        replay.finish()
        progress.close()
        health = replay.health(time.monotonic() - begin_s)
        recordings = [
            {"input": path.name, "offset_s": start.at_s, "drift_ppm": start.drift * 1e6, "frames": n}
            for path, start, n in zip(paths, films.starts, frames_n, strict=True)
        ]
        if lines is not None:
            _nulls(replay, lines)
            told = {"origin": origin(args.words, paths, config, films=True)}
            lines.write("health", {"input": paths[0].name, "recordings": recordings} | health | told)
    _figures(" + ".join(path.name for path in paths), health)


def _placed(bodies: Iterable[Json], recording: str, placed: set[int], lines: Lines, *, frames: bool) -> None:
    """Write in which recording people are, when first seen, and the lines of the frame if asked for."""
    for body in bodies:
        if body["person"] not in placed:
            placed.add(body["person"])
            lines.write("person", {"t_s": body["t_s"], "person": body["person"], "recording": recording})
        if frames:
            lines.write("frame", body | {"recording": recording})


@contextmanager
def _sink(
    config: Config, args: argparse.Namespace, stream: TextIO
) -> Iterator[tuple[Callable[[Message], None], Lines | None]]:
    """Where messages go: JSON lines into a stream, or the hub, which is waited for at the end."""
    if args.out != "mqtt":
        with Lines(stream) as lines:
            yield lines.publish, lines
        return
    with TemporaryDirectory(prefix="mimicry-spool-") as folder:
        publisher = Publisher(config.publish, Path(folder), muted=False, profile=config.privacy.profile)
        publisher.start()
        try:
            yield publisher.publish, None
            if not publisher.drain(DRAIN_S):
                where = f"{config.publish.host}:{config.publish.port}"
                raise PublishError(
                    f"expected a broker that takes everything in {DRAIN_S:g} s, got none at {where}"
                )
        finally:
            publisher.close()


def _replay(
    paths: list[Path],
    config: Config,
    say: Callable[[Message], None],
    lines: Lines | None,
    args: argparse.Namespace,
) -> None:
    """Replay one input; the figures at its end go to stderr and, among lines, into a line of their own."""
    start_s = time.monotonic()
    replay = Replay(config, say)
    frames = lines if args.frames else None
    name = " + ".join(path.name for path in paths)
    if _tables.is_table(paths[0]):
        _table(_tables.read_told(paths, args), name, replay, frames)
    else:
        _video(paths[0], config, replay, frames)
    health = replay.health(time.monotonic() - start_s)
    if lines is not None:
        _nulls(replay, lines)
        told = {"origin": origin(args.words, paths, config, films=not _tables.is_table(paths[0]))}
        lines.write("health", {"input": name} | health | told)
    _figures(name, health)


def _table(table: Table, name: str, replay: Replay, lines: Lines | None) -> None:
    progress = Progress(name)

    def each(expressions: tuple[Expression, ...]) -> None:
        _frames(expressions, replay, lines)
        progress.step()

    replay.table(table, each)
    progress.close()


def _video(path: Path, config: Config, replay: Replay, lines: Lines | None) -> None:
    from edge.camera.orientation import Orientation
    from edge.camera.video import VideoFile

    with VideoFile(path, orientation=Orientation.of(config.camera)) as video:
        progress = Progress(path.name, video.expected_n)
        for frame in video:
            _frames(replay.frame(frame), replay, lines)
            progress.step()
        replay.finish()
        progress.close()


def _frames(expressions: tuple[Expression, ...], replay: Replay, lines: Lines | None) -> None:
    """Write one line for every person of a frame, if they are asked for and the profile lets them out."""
    if lines is not None:
        for body in replay.door.frames(expressions):
            lines.write("frame", body)


def _nulls(replay: Replay, lines: Lines) -> None:
    """Write the draws behind the last verdicts, if the profile lets them out."""
    for body in replay.nulls():
        lines.write("null", body)


def _figures(name: str, health: Json) -> None:
    """Frames, faces, ms per stage and how much faster than real time."""
    stages = "  ".join(f"{name} {ms['p50']:.2f}/{ms['p95']:.2f}" for name, ms in health["stage_ms"].items())
    print(
        f"{name}: {health['frames']} frames, {health['faces']} faces, "
        f"{health['real_time_factor'] or 0.0:.1f} x real time\nms p50/p95: {stages}",
        *(f"\n{problem}" for problem in health.get("problems", [])),
        *(f"\ntime not measurable: {words}" for words in [missing_words(health["missing"])] if words),
        file=sys.stderr,
        sep="",
    )
