"""The version of a file's schema: this one, or one newer, whose unknown keys are then ignored.

After a roll-back of the software the device must still start with the file of the newer one.
"""

from edge.config.tree import Scalar, Table

CURRENT = 1


def strip_version(tree: Table, problems: list[str]) -> tuple[Table, bool]:
    """Take the version off a tree; also return whether its unknown keys are to be ignored."""
    nodes = dict(tree.nodes)
    node = nodes.pop("version", None)
    text = node.text if isinstance(node, Scalar) else "no number"
    if node is not None and text not in {str(CURRENT), str(CURRENT + 1)}:
        problems.append(
            f"{node.where}: version: expected an integer {CURRENT}..{CURRENT + 1}, got {text[:40]}"
        )
    return Table(nodes, tree.where), text == str(CURRENT + 1)
