"""The test files that exercise the compiled kernels, a path a line: `python -m tests.native.exercised`.

They are the files that import a kernel, and for a kernel that no test imports those of the rooms that do.
"""

import ast
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
USED = re.compile(r"from edge\._native\.(\w+) c?import")  # by another kernel
OTHER_ALLOCATOR = {"test_memory.py"}  # it asks the C library for its allocations; this build has another


def kernels() -> list[str]:
    """Return the names of the compiled modules."""
    return sorted(path.stem for path in (ROOT / "native").glob("*.pyx"))


def _imports(path: Path, kernel: str) -> bool:
    """Whether a file imports a kernel, by either of the two ways to write it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module == f"edge._native.{kernel}":
            return True
        if isinstance(node, ast.ImportFrom) and node.module == "edge._native":
            return kernel in {alias.name for alias in node.names}
    return False


def tests_of(kernel: str) -> list[Path]:
    """Return the test files that import a kernel, or else those of the rooms that import it."""
    every = [path for path in sorted((ROOT / "tests").rglob("test_*.py")) if path.name not in OTHER_ALLOCATOR]
    found = [path for path in every if _imports(path, kernel)]
    if found:
        return found
    package = ROOT / "edge"
    users = [path.relative_to(package).parts[0] for path in package.rglob("*.py") if _imports(path, kernel)]
    return [path for path in every if path.parent.name in users]


def main() -> int:
    """Print the files; fail where a kernel has none."""
    found = {kernel: tests_of(kernel) for kernel in kernels()}
    below = {name for path in (ROOT / "native").glob("*.pyx") for name in USED.findall(path.read_text())}
    bare = [kernel for kernel, paths in found.items() if not paths and kernel not in below]
    if bare:
        print(f"error: expected a test of each kernel, got none of {', '.join(bare)}", file=sys.stderr)
        return 1
    print(*sorted({path.relative_to(ROOT) for paths in found.values() for path in paths}), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
