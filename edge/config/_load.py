"""Files and texts in, one checked `Config` out, or one `ConfigError` that lists every problem at once."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from edge.config import tree as trees
from edge.config._build import Builder
from edge.config._checks import Conflict, conflicts, no_hub, not_runnable
from edge.config._secrets import mask
from edge.config._version import strip_version
from edge.config.sections import Config
from edge.config.tree import Items, Node, Table
from edge.errors import ConfigError, as_path

DEFAULT_PATH = Path("/etc/mimicry-edge/config.yaml")
DROP_INS = "config.d"


def load(path: Path | str) -> Config:
    """Read a file, then the files of `config.d/*.yaml` beside it in the order of their names, the last wins.

    Raises ConfigError, one line a problem: `file:line: key: expected what, got what`.
    """
    return _checked(_sources(as_path(path, ConfigError, "config")), str(path))


def parse(text: str | bytes, name: str = "<text>") -> Config:
    """Read one text; errors name it `name`."""
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return _checked([(name, data)], name)


def require_hub(config: Config, path: Path | str) -> None:
    """Raise ConfigError unless there is a room hub to publish to."""
    _refuse(no_hub(config), path)


def require_service(config: Config, path: Path | str) -> None:
    """Raise ConfigError unless the service can run with it, which needs more than a recording does."""
    _refuse(not_runnable(config), path)


def _refuse(found: Iterable[Conflict], path: Path | str) -> None:
    problems = [_line(str(path), conflict) for conflict in found]
    if problems:
        raise ConfigError("\n".join(problems), tuple(problems))


def _checked(sources: Iterable[tuple[str, bytes]], name: str) -> Config:
    problems: list[str] = []
    tree, tolerant = Table({}, f"{name}:1"), False
    for source, data in sources:
        upper, newer = strip_version(trees.read(data, source, problems), problems)
        tree, tolerant = trees.merge(tree, upper), tolerant or newer
    config = Builder(problems, tolerant=tolerant).config(tree)
    if not problems:
        problems = [_line(_where(tree, conflict[0], name), conflict) for conflict in conflicts(config)]
    if problems:
        problems.sort(key=_position)
        raise ConfigError("\n".join(problems), tuple(problems))
    return config


def _sources(path: Path) -> Iterator[tuple[str, bytes]]:
    yield str(path), _read(path)
    folder = path.parent / DROP_INS
    for name in _names(folder):
        yield str(folder / name), _read(folder / name)


def _names(folder: Path) -> list[str]:
    """Return the drop-ins in a folder, none where it is missing; hidden files are those of an editor."""
    try:
        names = [path.name for path in folder.iterdir()]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ConfigError(f"expected a folder of drop-ins, got {error.strerror}, at {folder}") from error
    return sorted(name for name in names if name.endswith(".yaml") and not name.startswith("."))


def _read(path: Path) -> bytes:
    """Read at most what a configuration may hold: a device file or a huge one cannot hang the start."""
    try:
        with path.open("rb") as file:
            return file.read(trees.MAX_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"expected a configuration file, got {error.strerror}, at {path}") from error


def _line(where: str, conflict: Conflict) -> str:
    key, expected, got = conflict
    return f"{where}: {key}: expected {expected}, got {mask(str(got))}"


def _position(problem: str) -> tuple[str, int]:
    """File and line a problem names, to list them in reading order."""
    found = re.match(r"(.*?):([0-9]+): ", problem, re.DOTALL)
    return (found[1], int(found[2])) if found else (problem, 0)


def _where(tree: Table, key: str, name: str) -> str:
    """Return file and line of a key, or of the nearest thing above it that a file mentions."""
    node: Node = tree
    for part in re.split(r"[.\[]", key):
        below = _below(node, part.removesuffix("]"))
        if below is None:
            break
        node = below
    return node.where if node is not tree else f"{name}:1"


def _below(node: Node, part: str) -> Node | None:
    """Return what stands in a table under a key, or in a list at a place."""
    if isinstance(node, Table):
        return node.nodes.get(part)
    return node.nodes[int(part)] if isinstance(node, Items) and int(part) < len(node.nodes) else None
