"""The panels of the screen: head, room, people, who follows whom, happenings, foot."""

from rich.text import Text

from edge.cli.view.paint import AMBER, BOLD, DIM, RED, SKY, STATE_STYLE, bins, line, spark, split, title
from edge.missing import missing_words
from edge.plain import Json
from edge.view.condition import condition
from edge.view.model import DeviceView
from edge.view.words import STATES, against, judgement, muted_by, number

LEGEND = "▲ above  ≈ at chance  … not yet"
STEP_S = 0.5  # time of one column of a sparkline
GRAVE_STYLE = {"bad": f"bold {RED}", "warn": f"bold {AMBER}", "dim": DIM, "good": f"bold {SKY}"}
MARK_STYLE = {"+": SKY, "-": DIM, ">": f"bold {SKY}", "~": "", "!": RED}
TOLD_MARK = {"+": "+", "-": "-", ">": "»", "~": "·", "!": "!"}


def head(view: DeviceView, now_s: float, width: int) -> list[Text]:
    """Name and state of the device; a rule below."""
    mark, words, grave = condition(view, now_s)
    left = line((f"{mark} {words}", GRAVE_STYLE[grave]), "   ", view.device, width=width)
    facts = [f"{view.count} {'person' if view.count == 1 else 'people'}"]
    if view.live.get("fps") is not None:
        facts.append(f"{view.live['fps']:.1f} fps")
    if view.live.get("profile"):
        facts.append(f"profile {view.live['profile']}")
    left.rstrip()
    leave = " Ctrl-C ends ─"
    rule = "─" * (width - len(leave)) + leave if width > 2 * len(leave) else "─" * width
    return [split(left, Text(" · ".join(facts), end=""), width), Text(rule, style=DIM, end="")]


def room(view: DeviceView, width: int) -> list[Text]:
    """Show the room's index with its null, p and coverage."""
    live = view.live
    if view.muted:
        return [line(("Room  ", BOLD), ("nothing is measured", DIM), width=width)]
    state = str(live.get("state", "insufficient"))
    mark, words = judgement(live)
    parts: list[str | tuple[str, str]] = [
        ("Room  ", BOLD),
        (f"{mark} {words}", STATE_STYLE.get(state, "")),
        ("   index ", DIM),
        number(live.get("index")),
    ]
    null = live.get("null")
    if null is not None and null.get("mu") is not None:
        parts += [("   null ", DIM), f"{number(null['mu'])}±{number(null.get('sd'))}"]
    for name, form in (("p", ".3f"), ("evidence", "+.1f"), ("coverage", ".0%")):
        if live.get(name) is not None:
            parts += [(f"   {name} ", DIM), number(live[name], form)]
    return [line(*parts, width=width)]


def missing(view: DeviceView, width: int) -> list[Text]:
    """Show why people were not measurable lately, where they were not."""
    words = missing_words(view.health.get("missing") or {})
    if view.muted or not words:
        return []
    return [line(("Time not measurable  ", BOLD), (words, DIM), width=width)]


def people(view: DeviceView, width: int, rows: int = 1) -> list[Text]:
    """Draw sparklines of smile and brow, `rows` lines high, the values now, turn and size of the head."""
    if view.muted:
        return [title("Muted", f"by {muted_by(view.privacy)}; the camera is closed", width)]
    if "people" not in view.live:
        return [title("People", _level(view), width)]
    tail = 15 if width >= 72 else 0
    each = (width - 5 - tail) // 2
    seconds = f"{(each - 8) * STEP_S:.0f} s"
    lines = [
        line(
            f"{'':>3}  ",
            (f"{'Smile':<7}", f"bold {SKY}"),
            (f"{f'AU12, {seconds}':<{each - 7}.{each - 7}}", DIM),
            (f"{'Brow':<6}", f"bold {AMBER}"),
            (f"{f'AU01+02, {seconds}':<{each - 6}.{each - 6}}", DIM),
            ("  head   eyes" if tail else "", DIM),
            width=width,
        )
    ]
    for one in view.people:
        lines += _person(view, one, each - 8, width, rows)
    return lines


def matrix(view: DeviceView, width: int, height: int) -> list[Text]:
    """Who follows whom: rows move first, columns follow. Two lines a row where the height allows it."""
    pairs = view.live.get("pairs")
    if pairs is None or view.muted:
        return []
    numbers = sorted({one for pair in pairs for one in pair["pair"]} | {one["id"] for one in view.people})
    if len(numbers) < 2:
        return [title("Who follows whom", "needs two people", width)]
    cell = min(26, (width - 6) // len(numbers))
    tall = height >= 2 + 2 * len(numbers)
    hint = f"row first, column follows  {LEGEND}"
    lines = [title("Who follows whom", hint, width)]
    lines.append(line(f"{'':6}", *[(f"{one:<{cell}}", BOLD) for one in numbers], width=width))
    by_cell = {_cell(pair): pair for pair in pairs}
    for leader in numbers:
        row = [by_cell.get((leader, follower)) for follower in numbers]
        first = [_first(pair, cell, same=leader == numbers[k]) for k, pair in enumerate(row)]
        lines.append(line((f"{leader:>4}  ", BOLD), *first, width=width))
        if tall:
            lines.append(line(f"{'':6}", *[_second(pair, cell) for pair in row], width=width))
    return lines


def ticker(view: DeviceView, width: int, height: int) -> list[Text]:
    """Show the latest happenings, newest first."""
    lines = [title("Happenings", "UTC" if view.live.get("time") else "", width)]
    for one in list(reversed(view.happenings))[: max(0, height - 1)]:
        mark = (f" {TOLD_MARK[one.mark]} ", MARK_STYLE[one.mark])
        lines.append(line((one.when, DIM), mark, one.words, width=width))
    return lines


def foot(view: DeviceView, width: int) -> list[Text]:
    """Time of each stage, and the health of the device."""
    stages = {name: ms for name, ms in (view.live.get("stage_ms") or {}).items() if ms is not None}
    whole = stages.pop("frame", sum(stages.values()))
    parts: list[str | tuple[str, str]] = [f"{whole:.1f} ms a frame "] if stages else []
    for name, ms in stages.items():
        parts += [(f" {name} ", DIM), f"{ms:.1f}"]
    return [
        Text("─" * width, style=DIM, end=""),
        split(line(*parts, width=width), _health(view, width), width),
    ]


def _level(view: DeviceView) -> str:
    """Why no single people are shown."""
    if not view.live:
        return "nothing heard yet"
    return f"{view.count} present; profile {view.live.get('profile', 'unknown')} publishes the room only"


def _person(view: DeviceView, one: Json, columns: int, width: int, rows: int) -> list[Text]:
    """One person: the number on the lowest line, sparklines above it where there is room."""
    history = list(view.samples.get(one["id"], ()))
    end_s = float(view.live.get("t_s") or 0.0)
    texts = [Text(f"{one['id'] if row == rows - 1 else '':>3}  ", style=BOLD, end="") for row in range(rows)]
    for name, style in (("smile", SKY), ("brow", AMBER)):
        samples = [(sample.t_s, getattr(sample, name)) for sample in history]
        for text, part in zip(texts, _signal(samples, end_s, columns, style, rows), strict=True):
            text.append_text(part)
    yaw_deg, size_px = one.get("yaw_deg"), one.get("canthus_px")
    turn = "–" if yaw_deg is None else f"{'◂' if yaw_deg < 0 else '▸'}{abs(yaw_deg):.0f}°"
    texts[-1].append(f"{turn:>6}{number(size_px, '.0f'):>4} px", DIM)
    for text in texts:
        text.truncate(width)
        text.pad_right(max(0, width - text.cell_len))
    return texts


def _signal(
    samples: list[tuple[float, float | None]], end_s: float, columns: int, style: str, rows: int
) -> list[Text]:
    """Draw a sparkline and the value now; a note while the person's own level is being learnt."""
    now = samples[-1][1] if samples else None
    if now is None and all(value is None for _, value in samples):
        note = Text(f"{'learning this face':<{columns}.{columns}}{'–':>6}  ", style=DIM, end="")
        return [Text(" " * note.cell_len, end="") for _ in range(rows - 1)] + [note]
    lines = spark(bins(samples, end_s=end_s, step_s=STEP_S, n=columns), style, rows)
    return [text.append(f"{number(now, '+.1f') if text is lines[-1] else '':>6}  ", "") for text in lines]


def _cell(pair: Json) -> tuple[int, int]:
    """Row and column of a pair: who moves first, who follows."""
    i, j = pair["pair"]
    return (j, i) if (pair.get("lag_s") or 0.0) < 0 else (i, j)


def _first(pair: Json | None, cell: int, *, same: bool) -> tuple[str, str]:
    """First line of a cell: state and lag."""
    if pair is None:
        return f"{' ' if same else '·':<{cell}}", DIM
    state = str(pair.get("state", "insufficient"))
    lag_s = pair.get("lag_s")
    lag = "" if lag_s is None else f" {abs(lag_s):.2f} s"
    words = f"{STATES.get(state, ('?', ''))[0]}{lag}"
    if cell >= 16 and pair.get("z") is not None:
        words += f"  z {pair['z']:+.1f}"
    return f"{words:<{cell}.{cell}}", STATE_STYLE.get(state, "")


def _second(pair: Json | None, cell: int) -> tuple[str, str]:
    """Second line of a cell: value against its null, or z where that is too long."""
    if pair is None:
        return " " * cell, ""
    words = against(pair.get("value"), pair.get("null"))
    if len(words) >= cell:
        words = f"z {number(pair.get('z'), '+.1f')}"
    return f"{words:<{cell}.{cell}}", DIM


def _health(view: DeviceView, width: int) -> Text:
    """Short health: what is lost or waiting, and on a wide screen the machine."""
    camera, system = view.health.get("camera") or {}, view.health.get("sys") or {}
    facts: list[tuple[str, str]] = []
    if camera.get("dropped"):
        facts.append((f"{camera['dropped']} dropped", DIM))
    if camera.get("restarts"):
        facts.append((f"{camera['restarts']} restarts", AMBER))
    rows = (view.health.get("spool") or {}).get("rows")
    if rows:
        facts.append((f"{rows} waiting", DIM))
    if width >= 100 and system.get("rss_mb") is not None:
        facts.append((f"{system['rss_mb']:.0f} MB", DIM))
    if system.get("temp_c") is not None:
        facts.append((f"{system['temp_c']:.0f} °C", DIM))
    text = Text(end="")
    for k, (words, style) in enumerate(facts):
        text.append("  " if k else "").append(words, style)
    return text
