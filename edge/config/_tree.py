"""YAML text to a tree in which every node knows its file and line; nothing here knows the schema.

Anchors, aliases, tags and several documents are refused: a configuration has no use for them, and an alias
bomb or a tag that builds objects does. Limits on size and depth keep every input cheap.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import yaml
from yaml import events

MAX_BYTES = 256 * 1024
MAX_DEPTH = 8
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value as written; its type is decided by the field it is for."""

    text: str
    plain: bool
    """Written without quotes."""
    where: str
    """`file:line`."""


@dataclass(frozen=True, slots=True)
class Items:
    """A sequence."""

    nodes: "list[Node]"
    where: str


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping; `where` of a node is where its key stands."""

    nodes: "dict[str, Node]"
    where: str


Node = Scalar | Items | Table


class UnreadableError(Exception):
    """The text is not a configuration tree; the message is the whole problem."""


def read(data: bytes, name: str, problems: list[str]) -> Table:
    """Read one document; append what is wrong with it to `problems`, keep what could be read."""
    try:
        return _Builder(name, problems).document(_decode(data, name))
    except UnreadableError as error:
        problems.append(str(error))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        problems.append(f"{name}:{line}: expected YAML, got {error.problem or error.context}")
    except yaml.YAMLError as error:
        problems.append(f"{name}:1: expected YAML, got {' '.join(str(error).split())}")
    return Table({}, f"{name}:1")


def merge(base: Table, over: Table) -> Table:
    """Lay one tree over another: tables key by key, everything else as a whole."""
    nodes = dict(base.nodes)
    for key, node in over.nodes.items():
        below = nodes.get(key)
        nodes[key] = merge(below, node) if isinstance(below, Table) and isinstance(node, Table) else node
    return Table(nodes, over.where)


def _decode(data: bytes, name: str) -> str:
    if len(data) > MAX_BYTES:
        raise UnreadableError(f"{name}:1: expected at most {MAX_BYTES} bytes, got {len(data)}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableError(
            f"{name}:{line}: expected UTF-8 text, got byte 0x{data[error.start]:02x}"
        ) from None
    for line, content in enumerate(text.split("\n"), 1):
        indent = content[: len(content) - len(content.lstrip())]
        if "\t" in indent:
            raise UnreadableError(f"{name}:{line}: expected spaces for indentation, got a tab")
    return text


class _Builder:
    """Events to nodes, with the line of each and a bound on the depth."""

    def __init__(self, name: str, problems: list[str]) -> None:
        self._name = name
        self._problems = problems

    def document(self, text: str) -> Table:
        """Build the one document of a text; an empty text is an empty table."""
        stream: Iterator[events.Event] = yaml.parse(text, Loader=_LOADER)
        root: Node | None = None
        for event in stream:
            if isinstance(event, events.DocumentStartEvent) and root is not None:
                raise UnreadableError(f"{self._where(event)}: expected one document, got a second one")
            if isinstance(event, events.NodeEvent):
                root = self._node(event, stream, self._where(event), ())
        if root is None or (isinstance(root, Scalar) and root.plain and root.text in {"", "null", "~"}):
            return Table({}, f"{self._name}:1")
        if not isinstance(root, Table):
            raise UnreadableError(f"{root.where}: expected sections such as `publish:`, got {_what(root)}")
        return root

    def _where(self, event: events.Event) -> str:
        mark = event.start_mark
        return f"{self._name}:{mark.line + 1 if mark else 1}"

    def _node(
        self, event: events.Event, stream: Iterator[events.Event], where: str, path: tuple[str, ...]
    ) -> Node:
        if len(path) > MAX_DEPTH:
            raise UnreadableError(f"{where}: expected at most {MAX_DEPTH} levels, got more")
        if isinstance(event, events.AliasEvent) or getattr(event, "anchor", None):
            raise UnreadableError(f"{where}: expected plain values, got an anchor or alias (& or *)")
        if tag := getattr(event, "tag", None):
            raise UnreadableError(f"{where}: expected plain values, got the tag {tag!r}")
        if isinstance(event, events.ScalarEvent):
            return Scalar(event.value, not event.style, where)
        if isinstance(event, events.SequenceStartEvent):
            return self._items(stream, where, path)
        return self._table(stream, where, path)

    def _items(self, stream: Iterator[events.Event], where: str, path: tuple[str, ...]) -> Items:
        nodes = []
        for event in stream:
            if isinstance(event, events.SequenceEndEvent):
                break
            nodes.append(self._node(event, stream, self._where(event), (*path, "-")))
        return Items(nodes, where)

    def _table(self, stream: Iterator[events.Event], where: str, path: tuple[str, ...]) -> Table:
        nodes: dict[str, Node] = {}
        for event in stream:
            if isinstance(event, events.MappingEndEvent):
                break
            at = self._where(event)
            key = self._node(event, stream, at, (*path, "?"))
            name = key.text if isinstance(key, Scalar) else "?"
            node = self._node(next(stream), stream, at, (*path, name))
            if not isinstance(key, Scalar):
                self._problems.append(f"{at}: expected a word as key, got {_what(key)}")
            elif name in nodes:
                self._twice(at, (*path, name), nodes[name].where)
            else:
                nodes[name] = node
        return Table(nodes, where)

    def _twice(self, where: str, path: tuple[str, ...], first: str) -> None:
        key = ".".join(path)[:80]
        self._problems.append(f"{where}: {key}: expected each key once, got it again after {first}")


def _what(node: Node) -> str:
    """How an error names a node."""
    if isinstance(node, Items):
        return "a list"
    return "a table" if isinstance(node, Table) else repr(node.text[:40])
