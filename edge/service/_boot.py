"""A bad configuration never bricks the device: the last one that worked stays in force, and MQTT with it."""

import logging
from dataclasses import dataclass
from pathlib import Path

from edge.config import Config, apply_live, changes, dump, load, require_service
from edge.errors import ConfigError
from edge.files import write_whole

_log = logging.getLogger(__name__)

FILE = "last-good.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Boot:
    """What the service starts with."""

    config: Config
    """The configuration in force."""
    problems: tuple[str, ...] = ()
    """What is wrong with the file, one line a problem; empty when it is in force."""

    @property
    def safe(self) -> bool:
        """Whether the last good configuration stands in for a bad file."""
        return bool(self.problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reload:
    """What a reload led to."""

    config: Config
    """The configuration in force from now on."""
    restart_required: tuple[str, ...] = ()
    """Keys that differ in the file and wait for a restart."""
    problems: tuple[str, ...] = ()
    """Why the file was refused; the configuration in force is then the old one."""


class LastGood:
    """The last configuration the service worked with, in the state folder, written durably and as a whole."""

    def __init__(self, state_dir: Path | str) -> None:
        self._file = Path(state_dir) / FILE

    def save(self, config: Config) -> None:
        """Keep a configuration; call it once READY. A full disk is logged, not raised."""
        data = dump(config).encode()
        try:
            if not self._file.exists() or self._file.read_bytes() != data:
                write_whole(self._file, data, durable=True)
        except OSError as error:
            _log.warning("the last good configuration cannot be kept: %s", error.strerror)

    def load(self) -> Config | None:
        """Read it back; None when there is none or it is damaged."""
        try:
            config = load(self._file)
            require_service(config, self._file)
        except ConfigError:
            return None
        return config


def boot_config(path: Path | str, state_dir: Path | str) -> Boot:
    """Load the file; where it is bad fall back on the last good one; ConfigError where there is none either.

    `state_dir` is where the last good one lies when the file does not name a folder.
    """
    folders = [Path(state_dir)]
    try:
        config = load(path)
        folders.insert(0, Path(config.service.state_dir))
        require_service(config, path)
    except ConfigError as error:
        last = next(filter(None, (LastGood(folder).load() for folder in folders)), None)
        if last is None:
            raise
        for problem in error.problems:
            _log.error("configuration: %s", problem)
        _log.error("safe mode: the last good configuration stays in force")
        return Boot(config=last, problems=error.problems)
    return Boot(config=config)


def reload_config(current: Config, path: Path | str) -> Reload:
    """Validate the file, then swap what may be swapped at once; a bad file changes nothing."""
    try:
        config = load(path)
        require_service(config, path)
    except ConfigError as error:
        return Reload(config=current, problems=error.problems)
    found = changes(current, config)
    return Reload(
        config=apply_live(current, config),
        restart_required=tuple(key for key, live in found.items() if not live),
    )
