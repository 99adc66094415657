"""YAML text to a tree in which every node knows its file and line; nothing here knows a schema.

Anchors, aliases, tags and several documents are refused: a configuration or a script has no use for them, and
an alias bomb or a tag that builds objects does. Limits on size and depth keep every input cheap.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml
from yaml import events

MAX_BYTES = 256 * 1024
MAX_DEPTH = 8
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_NUMBER = re.compile(r"[+-]?([0-9]{1,18}(\.[0-9]{0,18})?|\.[0-9]{1,18})([eE][+-]?[0-9]{1,3})?")


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value as written; its type is decided by the field it is for."""

    text: str
    plain: bool
    """Written without quotes."""
    where: str
    """`file:line`."""
    line: int
    """Where the value itself begins."""

    @property
    def integer(self) -> int | None:
        """The value as a whole number; None if it is none."""
        return int(self.text) if self.plain and _INTEGER.fullmatch(self.text) else None

    @property
    def number(self) -> float | None:
        """The value as a finite number; None if it is none."""
        number = float(self.text) if self.plain and _NUMBER.fullmatch(self.text) else math.nan
        return number if math.isfinite(number) else None


@dataclass(frozen=True, slots=True)
class Items:
    """A sequence."""

    nodes: "list[Node]"
    where: str
    line: int


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping; `where` of a node is where its key stands."""

    nodes: "dict[str, Node]"
    where: str
    line: int = 1
    again: "list[tuple[str, Node]]" = field(default_factory=list)
    """Keys that were there already, each with the value that is left out."""


Node = Scalar | Items | Table


class UnreadableError(Exception):
    """The text is not a tree of plain values."""

    def __init__(self, line: int, expected: str, got: str) -> None:
        super().__init__(f"line {line}: expected {expected}, got {got}")
        self.line, self.expected, self.got = line, expected, got


def parse(text: str, name: str) -> Node | None:
    """Read the one document of a text; None where there is none. Raises `UnreadableError`."""
    try:
        return _Builder(name).document(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        got = str(error.problem or error.context)
        raise UnreadableError(mark.line + 1 if mark else 1, "YAML", got) from error
    except yaml.YAMLError as error:
        raise UnreadableError(1, "YAML", " ".join(str(error).split())) from error


def read(data: bytes, name: str, problems: list[str]) -> Table:
    """Read a configuration; append what is wrong with it to `problems`, keep what could be read."""
    try:
        root = _root(parse(_decode(data), name), name)
    except UnreadableError as error:
        problems.append(f"{name}:{error.line}: expected {error.expected}, got {error.got}")
        return Table({}, f"{name}:1")
    problems += _repeated(root, "")
    return root


def merge(base: Table, over: Table) -> Table:
    """Lay one tree over another: tables key by key, everything else as a whole."""
    nodes = dict(base.nodes)
    for key, node in over.nodes.items():
        below = nodes.get(key)
        nodes[key] = merge(below, node) if isinstance(below, Table) and isinstance(node, Table) else node
    return Table(nodes, over.where, over.line)


def _root(root: Node | None, name: str) -> Table:
    if root is None or (isinstance(root, Scalar) and root.plain and root.text in {"", "null", "~"}):
        return Table({}, f"{name}:1")
    if not isinstance(root, Table):
        raise UnreadableError(root.line, "sections such as `publish:`", _what(root))
    return root


def _repeated(node: Node, path: str) -> Iterator[str]:
    """Name each key that a table holds twice, here and below."""
    inner: list[tuple[str, Node]] = []
    if isinstance(node, Table):
        inner = [(f"{path}.{name}" if path else name, one) for name, one in node.nodes.items()]
        for name, one in node.again:
            key = (f"{path}.{name}" if path else name)[:80]
            yield f"{one.where}: {key}: expected each key once, got it again after {node.nodes[name].where}"
    elif isinstance(node, Items):
        inner = [(f"{path}[{i}]", one) for i, one in enumerate(node.nodes)]
    for below, one in inner:
        yield from _repeated(one, below)


def _decode(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise UnreadableError(1, f"at most {MAX_BYTES} bytes", str(len(data)))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableError(line, "UTF-8 text", f"byte 0x{data[error.start]:02x}") from None
    for line, content in enumerate(text.split("\n"), 1):
        indent = content[: len(content) - len(content.lstrip())]
        if "\t" in indent:
            raise UnreadableError(line, "spaces for indentation", "a tab")
    return text


class _Builder:
    """Events to nodes, with the line of each and a bound on the depth."""

    def __init__(self, name: str) -> None:
        self._name = name

    def document(self, text: str) -> Node | None:
        """Build the one document of a text."""
        stream: Iterator[events.Event] = yaml.parse(text, Loader=_LOADER)
        root: Node | None = None
        for event in stream:
            if isinstance(event, events.DocumentStartEvent) and root is not None:
                raise UnreadableError(_line(event), "one document", "a second one")
            if isinstance(event, events.NodeEvent):
                root = self._node(event, stream, _line(event), 0)
        return root

    def _node(self, event: events.Event, stream: Iterator[events.Event], key_line: int, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise UnreadableError(key_line, f"at most {MAX_DEPTH} levels", "more")
        if isinstance(event, events.AliasEvent) or getattr(event, "anchor", None):
            raise UnreadableError(key_line, "plain values", "an anchor or alias (& or *)")
        if getattr(event, "tag", None):
            raise UnreadableError(key_line, "plain values", f"the tag {event.tag!r}")  # type: ignore[attr-defined]
        where, line = f"{self._name}:{key_line}", _line(event)
        if isinstance(event, events.ScalarEvent):
            return Scalar(event.value, not event.style, where, line)
        if isinstance(event, events.SequenceStartEvent):
            return Items(self._items(stream, depth + 1), where, line)
        return self._table(stream, Table({}, where, line), depth + 1)

    def _items(self, stream: Iterator[events.Event], depth: int) -> list[Node]:
        nodes = []
        for event in stream:
            if isinstance(event, events.SequenceEndEvent):
                break
            nodes.append(self._node(event, stream, _line(event), depth))
        return nodes

    def _table(self, stream: Iterator[events.Event], table: Table, depth: int) -> Table:
        for event in stream:
            if isinstance(event, events.MappingEndEvent):
                break
            key = self._node(event, stream, _line(event), depth)
            if not isinstance(key, Scalar):
                raise UnreadableError(key.line, "a word as key", _what(key))
            node = self._node(next(stream), stream, _line(event), depth)
            if key.text in table.nodes:
                table.again.append((key.text, node))
            else:
                table.nodes[key.text] = node
        return table


def _line(event: events.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _what(node: Node) -> str:
    """How an error names a node."""
    if isinstance(node, Items):
        return "a list"
    return "a table" if isinstance(node, Table) else repr(node.text[:40])
