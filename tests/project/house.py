"""Sizes, circles and repeated rules of the package: `python -m tests.project.house` prints the table."""

import ast
import re
import sys
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from statistics import mean, median, quantiles

PACKAGE = Path(__file__).parents[2] / "edge"
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
BORDERS = {
    *("camera/_gst.py", "camera/gst.py", "camera/pi.py", "camera/video.py", "stage/film.py"),
    *("tflite/gpu.py", "tflite/manifest.py", "tflite/model.py", "tflite/runtime.py"),
    *("config/_build.py", "stage/_strict.py", "stage/reading.py", "plain.py", "models/variants/schema.py"),
    *("cli/_broker.py", "page/access.py", "service/_local.py"),
}
"""Where libraries without types, ASGI, YAML and JSON come in: `Any` is theirs."""
ONE_PLACE = {
    "robust factor": (r"\b1\.482", {"formulas.py"}),
    "sigmoid": (r"1(\.0)? / \(1(\.0)? \+ (np|math)\.exp\(", {"formulas.py"}),
    "outer canthi": (r"\b263\b", {"landmarks.py"}),
    "landmarks of a mesh": (r"\b(468|1404)\b(?! landmarks)", {"landmarks.py"}),
    "arrays of numbers": (r"NDArray\[np\.float64\]", {"arrays.py"}),
    "JSON object": (r"(?m)^Json = ", {"plain.py"}),
    "files by rename": (r"os\.(replace|rename)\(|\.rename\(|[a-z]\.replace\([^,'\"]*\)", {"files.py"}),
    "wait for the disk": (r"\bfsync\(", {"files.py"}),
    "cache of a user": (r"~/\.cache|XDG_CACHE_HOME", {"paths.py"}),
    "state of the service": (r"/var/lib/mimicry-edge", {"paths.py"}),
    "Okabe and Ito's colours": (r"(?i)#(e69f00|56b4e9|009e73|0072b2|d55e00|cc79a7)", {"palette.py"}),
    "words of states": (r"['\"](above|below|at) chance['\"]", {"words.py"}),
}
"""A rule, what its code looks like, and the only files that may hold it."""


@dataclass(frozen=True)
class Module:
    """One file of the package."""

    path: Path

    @cached_property
    def text(self) -> str:
        """Its source."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax."""
        return ast.parse(self.text)

    @cached_property
    def code(self) -> str:
        """Its source without comments and docstrings."""
        tree = ast.parse(self.text)
        for node in ast.walk(tree):
            if isinstance(node, (ast.Module, ast.ClassDef, *FUNCTIONS)):
                node.body = [one for one in node.body if not _is_text(one)] or [ast.Pass()]
        return ast.unparse(tree)

    @property
    def name(self) -> str:
        """As it is imported."""
        parts = self.path.relative_to(PACKAGE.parent).with_suffix("").parts
        return ".".join(parts).removesuffix(".__init__")


STANDARD = set(sys.stdlib_module_names)
MODULES = [Module(path) for path in sorted(PACKAGE.rglob("*.py"))]


def functions() -> dict[str, int]:
    """Lines of each function's body, its docstring apart, by module and name."""
    return {
        f"{module.path.stem}.{node.name}": _body_lines(node)
        for module in MODULES
        for node in ast.walk(module.tree)
        if isinstance(node, FUNCTIONS)
    }


def part(module: Module) -> str:
    """Return the part of the package that a file belongs to."""
    return module.path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(module: Module) -> set[str]:
    """Every name a module imports, with the module it comes from."""
    found = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found


def classes() -> dict[str, int]:
    """Lines of each class, by module and name."""
    return {
        f"{module.path.stem}.{node.name}": _lines(node)
        for module in MODULES
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef)
    }


def circle() -> list[str]:
    """Modules that import one another around a circle when they are loaded, or for their types only."""
    names = {module.name for module in MODULES}
    graph = {module.name: _imported(module, names) - {module.name} for module in MODULES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def repeated() -> list[str]:
    """Each place that says again what another file says for all."""
    return [
        f"{rule} in {module.path.relative_to(PACKAGE)}"
        for rule, (pattern, homes) in ONE_PLACE.items()
        for module in MODULES
        if str(module.path.relative_to(PACKAGE)) not in homes and re.search(pattern, module.code)
    ]


def untyped() -> list[str]:
    """Each module that says `Any`, but of an array's type, and is no border to what has no types."""
    inside = [module for module in MODULES if str(module.path.relative_to(PACKAGE)) not in BORDERS]
    pattern = r"(?<!NDArray\[)(?<!dtype\[)(?<!integer\[)\bAny\b"
    return [
        str(module.path.relative_to(PACKAGE))
        for module in inside
        if re.search(pattern, re.sub(r"from typing import .*", "", module.code))
    ]


def figures() -> list[tuple[str, float, float]]:
    """Every bar: what, figure, the most it may be."""
    sizes = [len(module.text.splitlines()) for module in MODULES]
    bodies = functions()
    return [
        ("lines of a file, median", median(sizes), 100),
        ("lines of a file, most", max(sizes), 310),
        ("lines of a function, mean", round(mean(_whole().values()), 1), 9),
        ("lines of a body, 90 %", quantiles(bodies.values(), n=10)[-1], 15),
        ("lines of a body, most", max(bodies.values()), 50),
        ("lines of a class, most", max(classes().values()), 200),
        ("imports in a circle", len(circle()), 0),
        ("rules said again", len(repeated()), 0),
        ("noqa", sum(module.text.count("# noqa") for module in MODULES), 25),
        ("modules with Any inside", len(untyped()), 0),
    ]


def main() -> int:
    """Print the table and what lies behind a bar that is not held; 1 if there is one."""
    failed = 0
    for what, got, most in figures():
        failed += got > most
        print(f"{'ok  ' if got <= most else 'FAIL'}  {what:<28} {got:>7g}  at most {most:g}")
    large = [name for name, n in classes().items() if n > 200]
    long = [name for name, n in functions().items() if n > 50]
    for told in (*large, *long, *circle(), *repeated(), *untyped()):
        print(f"      {told}")
    return int(failed > 0)


def _whole() -> dict[int, int]:
    """Lines of each function with its signature and docstring."""
    found = (node for module in MODULES for node in ast.walk(module.tree) if isinstance(node, FUNCTIONS))
    return {id(node): _lines(node) for node in found}


def _imported(module: Module, names: set[str]) -> set[str]:
    """Modules of the package that a module imports outside functions."""
    found = set()
    for node in _loaded(module.tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            deep = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= (deep & names) or ({node.module} & names)
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names} & names
    return found


def _loaded(node: ast.AST) -> list[ast.AST]:
    """Nodes that run, or are read by a type checker, when the module is loaded."""
    inner = [one for one in ast.iter_child_nodes(node) if not isinstance(one, FUNCTIONS)]
    return inner + [deep for one in inner for deep in _loaded(one)]


def _lines(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = node.body[1:] if _is_text(node.body[0]) else node.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def _is_text(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


if __name__ == "__main__":
    sys.exit(main())
