"""Versions of the schema: older trees are brought up in memory, one step a version; the file stays as it is.

A file one version newer is read too, its unknown keys ignored: after a roll-back of the software the device
must still start. Steps move keys; values keep their file and line, so errors still point into the old file.
"""

from collections.abc import Mapping

from edge.config._tree import Node, Scalar, Table

CURRENT = 1
Moves = Mapping[str, str]
"""Old key path to new one (`section.key`); an empty new path drops the key."""
STEPS: Mapping[int, Moves] = {}
"""From version n to n + 1."""


def upgrade(
    tree: Table, problems: list[str], steps: Mapping[int, Moves] = STEPS, current: int = CURRENT
) -> tuple[Table, bool]:
    """Bring a tree to the current version; also say whether unknown keys are to be tolerated."""
    version = _version(tree.nodes.get("version"), current, oldest=min(steps, default=current))
    if version is None:
        node = tree.nodes["version"]
        span = f"{min(steps, default=current)}..{current + 1}"
        got = node.text[:40] if isinstance(node, Scalar) else "no number"
        problems.append(f"{node.where}: version: expected an integer {span}, got {got}")
        version = current
    for number in range(version, current):
        for old, new in steps.get(number, {}).items():
            tree = _move(tree, old, new)
    nodes: dict[str, Node] = {key: node for key, node in tree.nodes.items() if key != "version"}
    return Table(nodes, tree.where), version > current


def _version(node: Node | None, current: int, oldest: int) -> int | None:
    if node is None:
        return current
    if not isinstance(node, Scalar) or not node.text.isascii() or not node.text.isdigit():
        return None
    number = int(node.text[:9])
    return number if oldest <= number <= current + 1 else None


def _move(tree: Table, old: str, new: str) -> Table:
    section, _, key = old.partition(".")
    table = tree.nodes.get(section)
    if not isinstance(table, Table) or key not in table.nodes:
        return tree
    kept = {name: node for name, node in table.nodes.items() if name != key}
    nodes = {**tree.nodes, section: Table(kept, table.where)}
    if new:
        target, _, name = new.partition(".")
        below = nodes.get(target)
        inside = below.nodes if isinstance(below, Table) else {}
        nodes[target] = Table({name: table.nodes[key], **inside}, table.nodes[key].where)
    return Table(nodes, tree.where)
