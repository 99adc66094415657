"""The package keeps its sizes, has no circles, and says each rule once."""

import ast

import pytest

from tests.project import house
from tests.project.test_imports import BASE, GROUND


@pytest.mark.parametrize(("what", "got", "most"), house.figures(), ids=str)
def test_bar(what, got, most):
    """Each figure of the table holds; the table names what does not: `python -m tests.project.house`."""
    assert got <= most, what


GROUND_FILES = [one for one in house.MODULES if one.path.parent == house.PACKAGE and one.path.stem in GROUND]


@pytest.mark.parametrize("module", GROUND_FILES, ids=lambda one: one.path.stem)
def test_ground_is_small(module):
    """A file of the common ground has at most 80 lines."""
    assert len(module.text.splitlines()) <= 80


@pytest.mark.parametrize("module", GROUND_FILES, ids=lambda one: one.path.stem)
def test_ground_stands_on_nothing(module):
    """The common ground imports the standard library, NumPy and itself."""
    known = house.STANDARD | {"numpy"}
    for name in house.imports(module):
        assert name.split(".")[0] in known or name.split(".")[1] in GROUND, (
            f"{module.path.name} imports {name}"
        )


@pytest.mark.parametrize("module", GROUND_FILES, ids=lambda one: one.path.stem)
def test_ground_is_shared(module):
    """Two modules or more use every public name of the common ground."""
    for name in _public(module.tree):
        users = {
            house.part(other)
            for other in house.MODULES
            if f"{module.name}.{name}" in house.imports(other) and house.part(other) not in GROUND
        }
        assert len(users) > 1, f"{name} of {module.path.name} is used by {users or 'nobody'}"


def test_ground_is_known_to_the_import_law():
    """The import law lets every module use the common ground."""
    assert len(GROUND_FILES) == len(GROUND)
    assert set(GROUND) < BASE


def _public(tree: ast.Module) -> list[str]:
    """Names a module offers."""
    names = [node.name for node in tree.body if isinstance(node, (*house.FUNCTIONS, ast.ClassDef))]
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            names += [one.id for one in ast.walk(node) if isinstance(one, ast.Name) and _is_set(one)]
    return [name for name in names if not name.startswith("_")]


def _is_set(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)
