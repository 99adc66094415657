"""Tree to `Config` along the dataclasses' own annotations; every problem is noted, none stops the rest."""

import dataclasses
import difflib
import functools
import types
from collections.abc import Hashable, Mapping
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from edge.config._bounds import Live, Range, Text
from edge.config._secrets import is_secret, veil
from edge.config.sections import CameraSection, Config
from edge.config.tree import Items, Node, Scalar, Table

MAX_ITEMS = 64
_TRUTH = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_NOTHING = {"", "null", "~"}
_SKIP = object()  # a value that could not be read; the problem is already noted


class Builder:
    """Turns nodes into values and notes what does not fit."""

    def __init__(self, problems: list[str], *, tolerant: bool = False) -> None:
        self._problems = problems
        self._tolerant = tolerant
        self._camera = CameraSection()  # what one of several cameras does not set

    def config(self, tree: Table) -> Config:
        """Build the whole configuration; meaningless when problems were noted."""
        first = {"camera": tree.nodes["camera"]} if "camera" in tree.nodes else {}
        value = self._table(Config, Table(first | tree.nodes, tree.where, tree.line), "")
        return value if isinstance(value, Config) else Config()

    def _problem(self, node: Node, key: str, expected: str, got: str | None = None) -> object:
        got = _got(node, key) if got is None else got
        self._problems.append(f"{node.where}: {key}: expected {expected}, got {got}")
        return _SKIP

    def _value(self, hint: object, node: Node, key: str) -> object:
        base, _ = _split(hint)
        if isinstance(base, type) and dataclasses.is_dataclass(base):
            return self._table(base, node, key)
        origin = get_origin(base)
        if origin in {Union, types.UnionType}:
            return self._one_of(base, node, key)
        if origin is tuple:
            return self._list(get_args(base)[0], node, key)
        if origin is dict:
            return self._options(node, key)
        value = _plain(hint, node)
        return self._problem(node, key, expectation(hint)) if value is _SKIP else value

    def _table(self, cls: type, node: Node, key: str) -> object:
        if not isinstance(node, Table):
            if isinstance(node, Scalar) and node.plain and node.text in _NOTHING:
                return cls()
            return self._problem(node, key, "a table of settings")
        hints = fields_of(cls)
        values = {}
        for name, child in node.nodes.items():
            path = f"{key}.{name}" if key else name
            if name in hints:
                value = self._value(hints[name], child, path)
                if value is not _SKIP:
                    values[name] = value
            elif not self._tolerant:
                self._unknown(child, path, hints)
        if cls is CameraSection:
            values = {name: getattr(self._camera, name) for name in hints} | values
        made = cls(**values)
        if key == "camera":
            self._camera = made
        return made

    def _unknown(self, node: Node, path: str, hints: Mapping[str, object]) -> None:
        name = path.rpartition(".")[2]
        shown = path if len(path) <= 80 else path[:77] + "..."
        self._problem(node, shown, f"a known key{_hint(name, hints)}", repr(name[:40]))

    def _one_of(self, base: object, node: Node, key: str) -> object:
        """Read what a field takes beside null or a word."""
        if isinstance(node, Scalar) and node.plain and node.text in _NOTHING and type(None) in get_args(base):
            return None
        word = next((arg for arg in get_args(base) if get_origin(arg) is Literal), None)
        kind = next(arg for arg in get_args(base) if arg not in {type(None), word})
        if word is None:
            return self._value(kind, node, key)
        found = [value for value in (_plain(word, node), _plain(kind, node)) if value is not _SKIP]
        return found[0] if found else self._problem(node, key, expectation(base))

    def _list(self, hint: object, node: Node, key: str) -> object:
        if not isinstance(node, Items):
            return self._problem(node, key, f"a list such as [a, b], each {expectation(hint)}")
        if len(node.nodes) > MAX_ITEMS:
            return self._problem(node, key, f"at most {MAX_ITEMS} items", str(len(node.nodes)))
        values = [self._value(hint, child, f"{key}[{i}]") for i, child in enumerate(node.nodes)]
        return tuple(value for value in values if value is not _SKIP)

    def _options(self, node: Node, key: str) -> object:
        if not isinstance(node, Table):
            return self._problem(node, key, "a table of text to text")
        values = {}
        for name, child in node.nodes.items():
            if isinstance(child, Scalar) and len(name) <= MAX_ITEMS and len(child.text) <= MAX_ITEMS**2:
                values[name] = child.text
            else:
                self._problem(child, f"{key}.{name[:40]}", "text")
        return values


def fields_of(cls: type) -> Mapping[str, object]:
    """Annotations of a section by field, with their bounds."""
    return _hints(cls)


@functools.cache
def _hints(cls: Hashable) -> Mapping[str, object]:
    return get_type_hints(cls, include_extras=True)


def expectation(hint: object) -> str:
    """How an error and the comments of `default.yaml` name what a field takes."""
    base, bounds = _split(hint)
    origin = get_origin(base)
    if origin is Literal:
        words = ", ".join(map(str, get_args(base)))
        return f"one of {words}" if len(get_args(base)) > 1 else words
    if origin in {Union, types.UnionType}:
        return " or ".join("null" if arg is type(None) else expectation(arg) for arg in get_args(base))
    if origin is tuple:
        return f"a list, each {expectation(get_args(base)[0])}"
    if origin is dict:
        return "a table of text to text"
    texts = [str(bound) for bound in bounds if isinstance(bound, Text)]
    if texts:
        return texts[0]
    names: dict[object, str] = {
        int: "an integer",
        float: "a number",
        bool: "true or false",
        CameraSection: "a table of settings",
    }
    name = names.get(base, "text")
    return " ".join([name, *(str(bound) for bound in bounds)])


def is_live(hint: object) -> bool:
    """Whether a reload applies the field without a restart."""
    return get_origin(hint) is Annotated and any(isinstance(mark, Live) for mark in get_args(hint)[1:])


def _split(hint: object) -> tuple[object, list[Range | Text]]:
    if get_origin(hint) is not Annotated:
        return hint, []
    base, *marks = get_args(hint)
    return base, [mark for mark in marks if isinstance(mark, Range | Text)]


def _plain(hint: object, node: Node) -> object:
    """Read one scalar within its bounds."""
    base, bounds = _split(hint)
    value: Any = _scalar(base, node) if isinstance(node, Scalar) else _SKIP
    return _SKIP if value is _SKIP or any(value not in bound for bound in bounds) else value


def _scalar(base: object, node: Scalar) -> object:
    """Read one scalar as the field's type: `off` is text for a text field, a number is text for a name."""
    if get_origin(base) is Literal:
        named = {str(one): one for one in get_args(base)}
        return named.get(node.text, _SKIP)
    if base is str:
        return _SKIP if node.plain and node.text in _NOTHING else node.text
    if not node.plain:
        return _SKIP
    if base is bool:
        return _TRUTH.get(node.text.lower(), _SKIP)
    found = node.integer if base is int else node.number
    return _SKIP if found is None else found


def _got(node: Node, key: str) -> str:
    if not isinstance(node, Scalar):
        return "a list" if isinstance(node, Items) else "a table"
    if is_secret(key):
        return "a value that is not shown"
    if node.plain and node.text in _NOTHING:
        return "nothing"
    text = veil(node.text)
    return text[:40] if node.plain and text.isprintable() else repr(text[:40])


def _hint(name: str, hints: Mapping[str, object]) -> str:
    """Return what the writer may have meant."""
    if is_secret(name):
        return " (secrets stay out of this file: see publish.password_file)"
    near = difflib.get_close_matches(name, hints, 1, 0.6)
    if near:
        return f" (did you mean {near[0]!r}?)"
    homes = [section for section, cls in fields_of(Config).items() if name in _names(cls)]
    return f" ({name!r} belongs under {' or '.join(homes)})" if homes else ""


def _names(cls: object) -> set[str]:
    return set(fields_of(cls)) if isinstance(cls, type) and dataclasses.is_dataclass(cls) else set()
