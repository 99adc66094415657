"""A configuration back to YAML, and what differs between two."""

import dataclasses
from collections.abc import Mapping

import yaml

from edge.config._build import fields_of, is_live
from edge.config._secrets import is_secret, mask
from edge.config.sections import Config

HIDDEN = "***"
ENGINE = ("camera", "cameras", "tflite", "faces", "expression", "events", "mimicry", "measures", "privacy")


def show(config: Config, notes: Mapping[str, str] | None = None) -> str:
    """Effective configuration as YAML, every default visible, secrets masked; `notes` follow their keys."""
    lines, section = _yaml(_plain(config, masked=True)).splitlines(), ""
    for number, line in enumerate(lines):
        name = line.partition(":")[0]
        section = section if name.startswith((" ", "-")) else name
        if notes and (note := notes.get(f"{section}.{name.strip()}")):
            lines[number] = f"{line}  # {note}"
    return "\n".join(lines) + "\n"


def engine(config: Config) -> dict[str, object]:
    """Return the sections that numbers depend on, without those of the device and the hub."""
    return {name: _plain(getattr(config, name), masked=True) for name in ENGINE}


def dump(config: Config) -> str:
    """Write the same without masking, for the last good configuration in the state folder only."""
    return _yaml(_plain(config, masked=False))


def changes(old: Config, new: Config) -> dict[str, bool]:
    """Key paths that differ, each with whether a reload applies it without a restart."""
    found = {}
    for section in fields_of(Config):
        before, after = getattr(old, section), getattr(new, section)
        if not dataclasses.is_dataclass(before):
            if before != after:
                found[section] = False
            continue
        for name, hint in fields_of(type(before)).items():
            if getattr(before, name) != getattr(after, name):
                found[f"{section}.{name}"] = is_live(hint)
    return found


def apply_live(old: Config, new: Config) -> Config:
    """`old` with the live settings of `new`: what a reload swaps in; the rest waits for a restart."""
    sections = {}
    for section, live in ((key.partition(".")[0], live) for key, live in changes(old, new).items()):
        if live:
            before, after = getattr(old, section), getattr(new, section)
            hints = fields_of(type(before))
            values = {name: getattr(after, name) for name, hint in hints.items() if is_live(hint)}
            sections[section] = dataclasses.replace(before, **values)
    return dataclasses.replace(old, **sections)


def _yaml(values: object) -> str:
    return yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=10_000)


def _plain(value: object, *, masked: bool, key: str = "") -> object:
    if dataclasses.is_dataclass(value):
        names = [field.name for field in dataclasses.fields(value)]
        return {name: _plain(getattr(value, name), masked=masked, key=name) for name in names}
    if isinstance(value, dict):
        return {name: _plain(item, masked=masked, key=name) for name, item in value.items()}
    if isinstance(value, tuple):
        return [_plain(item, masked=masked, key=key) for item in value]
    if not masked or not isinstance(value, str):
        return value
    return HIDDEN if is_secret(key) and value else mask(value)
