"""The mutants of a source file: one small change each, made on its syntax tree.

Changed are comparisons, arithmetic, boolean operators and conditions, numbers, returned values and statements
(left out). Left alone is what no test should look at: annotations, decorators, the text of messages, logging,
assertions that narrow types, and `strict` of `zip`.
"""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.And: ast.Or,
    ast.Or: ast.And,
}
LEFT_ALONE = {"annotation", "returns", "decorator_list", "type_params", "exc", "cause"}
REACH = 40  # characters shown on each side of a change
REMOVED = (ast.AugAssign, ast.Raise, ast.Delete)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One change of one file."""

    path: Path
    """The file."""
    number: int
    """Which of the file's changes, in order."""
    line: int
    """Line of what is changed."""
    lines: range
    """Those of the statement around it, or of the head of one with a body."""
    where: str
    """Qualified name of the function or class around it; empty at the top of the module."""
    before: str
    """The statement, or the first line of it."""
    after: str
    """The same, changed."""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.where or 'module'}: {_around(self.before, self.after)}"

    @property
    def key(self) -> str:
        """What identifies the change however the lines of the file move."""
        return f"{self.where or 'module'}: {self.before}  ->  {self.after}"


@dataclass(slots=True)
class _Site:
    """A place in a tree and what may stand there instead."""

    statement: ast.stmt
    where: str
    owner: ast.AST
    field: str
    index: int | None
    old: ast.AST
    new: ast.AST

    def put(self, node: ast.AST) -> None:
        if self.index is None:
            setattr(self.owner, self.field, node)
        else:
            getattr(self.owner, self.field)[self.index] = node


def mutants(path: Path) -> list[Mutant]:
    """Return every mutant of a file, in the order of the text."""
    tree, found = ast.parse(path.read_text()), []
    for number, site in enumerate(_sites(tree, None, "")):
        before = _head(site.statement)
        site.put(site.new)
        after = _head(site.new if site.old is site.statement else site.statement)
        site.put(site.old)
        line = getattr(site.old, "lineno", site.statement.lineno)
        found.append(
            Mutant(
                path=path,
                number=number,
                line=line,
                lines=_lines(site.statement),
                where=site.where,
                before=before,
                after=after,
            )
        )
    return found


def mutated(mutant: Mutant) -> ast.Module:
    """Return the tree of the file with the change made."""
    tree = ast.parse(mutant.path.read_text())
    for number, site in enumerate(_sites(tree, None, "")):
        if number == mutant.number:
            site.put(site.new)
            return ast.fix_missing_locations(tree)
    raise ValueError(f"expected a change that {mutant.path} has, got number {mutant.number}")


def _sites(node: ast.AST, statement: ast.stmt | None, where: str) -> Iterator[_Site]:
    """Yield every change below a node."""
    for field, value in ast.iter_fields(node):
        children = value if isinstance(value, list) else [value]
        for index, child in enumerate(children):
            if field in LEFT_ALONE or not isinstance(child, ast.AST) or _ignored(child):
                continue
            around = child if isinstance(child, ast.stmt) else statement
            assert around is not None
            place = index if isinstance(value, list) else None
            for new in _changes(child, field):
                yield _Site(around, where, node, field, place, child, ast.copy_location(new, child))
            yield from _sites(child, around, _inside(where, child))


def _inside(where: str, node: ast.AST) -> str:
    named = isinstance(node, ast.FunctionDef | ast.ClassDef)
    return f"{where}.{node.name}".lstrip(".") if named else where


def _ignored(node: ast.AST) -> bool:
    if isinstance(node, ast.keyword):
        return node.arg == "strict"
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant) or ast.unparse(node).startswith("_log.")
    return isinstance(node, ast.JoinedStr | ast.Assert)


def _changes(node: ast.AST, field: str) -> Iterator[ast.AST]:
    """Yield what may stand in place of a node."""
    if type(node) in SWAPPED and not isinstance(node, ast.boolop):
        yield SWAPPED[type(node)]()
    if isinstance(node, ast.BoolOp):
        yield ast.BoolOp(SWAPPED[type(node.op)](), node.values)
    if field == "test":
        yield ast.UnaryOp(ast.Not(), node)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        yield node.operand
    if isinstance(node, ast.Constant) and isinstance(node.value, bool | int | float):
        yield ast.Constant(_other(node.value))
    if isinstance(node, ast.Return) and node.value is not None and ast.unparse(node.value) != "None":
        yield ast.Return(ast.Constant(None))
    if isinstance(node, REMOVED) or _acts(node):
        yield ast.Pass()


def _other(value: float) -> float:
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int) or value == 0 else value * 2


def _acts(node: ast.AST) -> bool:
    """Whether a statement changes something outside its function's own names."""
    if isinstance(node, ast.Assign):
        return any(isinstance(target, ast.Attribute | ast.Subscript) for target in node.targets)
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)


def _lines(statement: ast.stmt) -> range:
    body = getattr(statement, "body", None)
    last = body[0].lineno - 1 if body else statement.end_lineno
    return range(statement.lineno, max(statement.lineno, last or 0) + 1)


def _around(before: str, after: str) -> str:
    """Return where two lines differ, with a little of what is around it."""
    first = max(0, _same(before, after) - REACH)
    rest = max(0, _same(before[first + REACH :][::-1], after[first + REACH :][::-1]) - REACH)
    return f"{before[first : len(before) - rest]}  ->  {after[first : len(after) - rest]}"


def _same(one: str, other: str) -> int:
    """Return how many characters two lines have in common at their beginning."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _head(statement: ast.AST) -> str:
    """Return a statement in one line; of one with a body, its first line."""
    head = copy.copy(statement)
    for field in ("body", "orelse", "finalbody", "handlers", "decorator_list"):
        if hasattr(head, field):
            setattr(head, field, [ast.Pass()] if field == "body" else [])
    return " ".join(ast.unparse(ast.fix_missing_locations(head)).splitlines()[0].split())
