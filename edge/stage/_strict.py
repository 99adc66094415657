"""Strict YAML: every value is read with its line and key path, every unknown key is an error."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from edge.config.tree import Items, Node, Scalar, Table, UnreadableError, parse
from edge.errors import StageError

Reader = Callable[["Value"], Any]


class Value:
    """One YAML value that knows where it stands."""

    def __init__(self, node: Node, key: str) -> None:
        self.node = node
        self.key = key

    def wrong(self, expected: str, got: object | None = None) -> StageError:
        """Make the error that names expectation, value and place."""
        shown = self._shown() if got is None else got
        where = f"{self.key or 'the script'}, line {self.node.line}"
        return StageError(f"expected {expected}, got {shown} at {where}")

    def items(self) -> dict[str, "Value"]:
        """Return the mapping's values by key."""
        if not isinstance(self.node, Table):
            raise self.wrong("a mapping")
        for key, node in self.node.again:
            raise self._below(key, node).wrong("each key once", f"{key!r} twice")
        return {key: self._below(key, node) for key, node in self.node.nodes.items()}

    def elements(self) -> list["Value"]:
        """Return the list's values."""
        if not isinstance(self.node, Items):
            raise self.wrong("a list")
        return [Value(node, f"{self.key}[{i}]") for i, node in enumerate(self.node.nodes)]

    @property
    def scalar(self) -> Scalar:
        """The value as written; of a mapping or a list, nothing."""
        return (
            self.node
            if isinstance(self.node, Scalar)
            else Scalar("", plain=False, where="", line=self.node.line)
        )

    def _below(self, key: str, node: Node) -> "Value":
        return Value(node, f"{self.key}.{key}" if self.key else key)

    def _shown(self) -> str:
        if isinstance(self.node, Scalar):
            return repr(self.node.text)
        return "a map" if isinstance(self.node, Table) else "a seq"


def load(source: str | Path) -> Value:
    """Parse a script, given as its path or as its text (with at least one line break)."""
    text, name = _text(source)
    try:
        node = parse(text, name)
    except UnreadableError as exc:
        raise StageError(f"expected {exc.expected}, got {exc.got} at line {exc.line} of {name}") from exc
    if node is None:
        raise StageError(f"expected a stage script, got nothing at {name}")
    return Value(node, "")


def _text(source: str | Path) -> tuple[str, str]:
    if isinstance(source, str) and "\n" in source:
        return source, "the script"
    try:
        return Path(source).read_text(encoding="utf-8"), str(source)
    except (OSError, UnicodeDecodeError, ValueError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) else "something that is not UTF-8"
        raise StageError(f"expected a readable stage script, got {reason} at {source}") from exc


def table(value: Value, readers: dict[str, Reader], required: Sequence[str] = ()) -> dict[str, Any]:
    """Read a mapping: only the given keys, each by its reader, the required ones present."""
    items = value.items()
    for key, item in items.items():
        if key not in readers:
            raise item.wrong(f"one of {', '.join(readers)}", f"key {key!r}")
    for key in required:
        if key not in items:
            raise value.wrong(f"key {key!r}", "none")
    return {key: readers[key](item) for key, item in items.items()}


def number(low: float, high: float) -> Reader:
    """Read a finite number in [low, high]."""

    def read(value: Value) -> float:
        got = value.scalar.number
        if got is None or not low <= got <= high:
            raise value.wrong(f"a number from {low:g} to {high:g}")
        return got

    return read


def integer(low: int, high: int) -> Reader:
    """Read a whole number in [low, high]."""

    def read(value: Value) -> int:
        got = value.scalar.integer
        if got is None or not low <= got <= high:
            raise value.wrong(f"a whole number from {low} to {high}")
        return got

    return read


def choice(names: Sequence[str]) -> Reader:
    """Read one of the names."""

    def read(value: Value) -> str:
        got = value.scalar.text
        if got not in names:
            raise value.wrong(f"one of {', '.join(names)}")
        return got

    return read


def listed(reader: Reader, shortest: int = 0, longest: int = 10_000) -> Reader:
    """Read a list of `shortest` to `longest` elements into a tuple."""

    def read(value: Value) -> tuple[Any, ...]:
        elements = value.elements()
        if not shortest <= len(elements) <= longest:
            wanted = f"{shortest}" if shortest == longest else f"{shortest} to {longest}"
            raise value.wrong(f"a list of {wanted} elements", f"{len(elements)}")
        return tuple(reader(element) for element in elements)

    return read


def span(low: float, high: float) -> Reader:
    """Read a number or a list [least, greatest] into a pair of numbers."""
    one, two = number(low, high), listed(number(low, high), 2, 2)

    def read(value: Value) -> tuple[float, float]:
        if isinstance(value.node, Scalar):
            return (one(value),) * 2
        least, greatest = two(value)
        if least > greatest:
            raise value.wrong("a list [least, greatest]", f"[{least:g}, {greatest:g}]")
        return least, greatest

    return read
