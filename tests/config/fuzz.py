"""Mutated configurations without end: `python -m tests.config.fuzz [N] [SEED]` or `make fuzz`.

Every text must either load into a Config whose every value lies in the range that `default.yaml` tells the
reader, and that survives being shown and read again, or be refused with ConfigError, each problem on a line
that names file and line. The oracle reads the comments of `default.yaml` and imports nothing for it.
"""

import random
import re
import sys
import time
from pathlib import Path

from edge.config import Config, dump, parse
from edge.errors import ConfigError

ROOT = Path(__file__).parents[2]
SEEDS = [path.read_text() for path in sorted((ROOT / "firmware_configs").glob("*.yaml"))]
SHORT = [
    "version: 1\npublish:\n  host: hub.local\n  port: 1883\n  tls: false\n",
    "camera: {source: video, path: a.mp4, rate_hz: 30}\nmimicry: {window_s: 7, max_lag_s: 2}\n",
    "faces:\n  max_people: 4\nprivacy:\n  k_people: 3\n  default_at_boot: off\n",
    "tflite: {threads: 2, variant: int8}\nmeasures: {enabled: [a, b], alpha: 0.05}\nservice: {led_pin: 4}\n",
    "mimicry:\n  channels: [AU12, AU01]\n  hop_s: 1.0\npublish: {topic_prefix: a/b, keepalive_s: 15}\n",
]
TOKENS = [
    *"{}[],:#&*!|>'\"%@`-?~\t\n\r \\\0\x07\u2028\ufeff\ud800é🙂",
    *("null", "true", "nan", ".inf", "-.inf", "1e309", "-1", "0", "99999999999999999999", "0x1f", "1_0", "٣"),
    *("<<: *a", "&a [*a]", "!!python/object:os.system x", "---", "...", "%YAML 9.9", "? [a]", ": :"),
    *("version: 2\n", "version: 9\n", "password: s3cret\n", "publish:\n", "camera:\n", "  port: 70000\n"),
]
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def mutate(text: str, draw: random.Random) -> str:
    """Change a text in one to four places."""
    for _ in range(draw.choice([1, 1, 2, 4])):
        at = draw.randrange(len(text) + 1)
        kind = draw.randrange(7)
        if kind == 0:
            text = text[:at] + draw.choice(TOKENS) + text[at:]
        elif kind == 1:
            text = text[:at] + text[at + draw.randint(1, 8) :]
        elif kind == 2:
            text = (
                text[:at] + chr(draw.choice([draw.randrange(128), draw.randrange(0x3000)])) + text[at + 1 :]
            )
        elif kind == 3:
            lines = text.split("\n")
            lines.insert(draw.randrange(len(lines)), draw.choice(lines))
            text = "\n".join(lines)
        elif kind == 4:
            start = draw.randrange(len(text) + 1)
            text = text[:at] + text[start : start + draw.randint(1, 40)] + text[at:]
        elif kind == 5:
            text = text[:at] + draw.choice("[{ \n") * draw.randint(1, 300) + text[at:]
        else:
            text = _other_number(text, draw)
    return text


def _other_number(text: str, draw: random.Random) -> str:
    found = list(NUMBER.finditer(text))
    if not found:
        return text
    match = draw.choice(found)
    scale = draw.choice([-1, 0, 0.5, 2, 10, 1e3, 1e6, 1e300])
    value = draw.choice([str(float(match[0]) * scale), str(round(float(match[0]) * min(scale, 1e6)))])
    return text[: match.start()] + value + text[match.end() :]


def documented() -> dict[tuple[str, str], str]:
    """Return what the comment above each key of `default.yaml` promises."""
    promises, section, comment = {}, "", ""
    for line in (ROOT / "firmware_configs/default.yaml").read_text().splitlines():
        if line.startswith("  #"):
            comment += " " + line.removeprefix("  #").strip()
        elif line.startswith("  "):
            promises[section, line.strip().partition(":")[0]] = comment.strip()
            comment = ""
        else:
            section, comment = line.partition(":")[0], ""
    return promises


PROMISES = documented()
RANGE = re.compile(r"(?:an integer|a number) (-?[0-9][0-9e+.]*[0-9]|[0-9])\.\.([0-9][0-9e+.]*[0-9]|[0-9])")
CHOICE = re.compile(r"one of ([\w, -]+?)\.")


def broken_promise(config: object) -> str:
    """Return the first value outside what the documentation promises, or nothing."""
    for (section, key), promise in PROMISES.items():
        value = getattr(getattr(config, section), key)
        span, choice = RANGE.search(promise), CHOICE.search(promise)
        if span and value not in {None, "auto"} and not float(span[1]) <= value <= float(span[2]):
            return f"{section}.{key} = {value!r}, promised {span[0]}"
        if choice and str(value) not in choice[1].split(", "):
            return f"{section}.{key} = {value!r}, promised {choice[0]}"
    return ""


def attempt(text: str) -> bool:
    """Return whether the text is a configuration; raise AssertionError when a promise is broken."""
    config, problems = _read(text)
    named = re.search("passw.*s3cret", text)  # a mutation may also eat the word that tells a secret
    for problem in problems:
        assert re.match(r"f\.yaml:[1-9][0-9]*: .*expected .*, got ", problem, re.DOTALL), problem
        assert not named or "s3cret" not in problem
    if config is None:
        assert problems
        return False
    assert not broken_promise(config), broken_promise(config)
    assert parse(dump(config)) == config
    return True


def _read(text: str) -> tuple[Config | None, tuple[str, ...]]:
    try:
        return parse(text, "f.yaml"), ()
    except ConfigError as error:
        return None, error.problems


def fuzz(n: int, seed: int) -> int:
    """Try n mutations; return how many were configurations still."""
    draw, accepted = random.Random(seed), 0
    for i in range(n):
        text = mutate(draw.choice(SHORT if i % 10 else SEEDS), draw)
        try:
            accepted += attempt(text)
        except BaseException:
            print(f"seed {seed}, text {i}: {text!r}", file=sys.stderr)
            raise
    return accepted


def main() -> None:
    """Print the table that the documentation quotes."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    begun = time.monotonic()
    accepted = fuzz(n, seed)
    seconds = time.monotonic() - begun
    print(f"mutated configurations          {n}  (seed {seed}, {seconds:.0f} s)")
    print(f"in range and accepted           {accepted}")
    print(f"refused, naming file and line   {n - accepted}")
    print("tracebacks, values out of range 0")


if __name__ == "__main__":
    main()
