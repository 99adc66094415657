"""Home Assistant device discovery: one retained message describes every entity of the device.

Room-level values only. Absolute topics, because the base-topic shortcut is not expanded inside lists.
"""

from typing import get_args

from edge.config.sections import PublishSection
from edge.plain import Json
from edge.publish.building.exposition import MODES
from edge.publish.building.identity import Identity
from edge.publish.building.topics import EPISODE, Topics
from edge.records import State
from edge.words import Condition

_MISSED = 3  # messages
_ONLINE = "{{ 'online' if value == 'online' else 'offline' }}"  # it knows no `stopped`
_PRESENT = "{{ 'online' if value in ('online', 'deaf') else 'offline' }}"
_ALWAYS = "online"
_TROUBLED = "value_json.mode in ('degraded', 'safe') or value_json.sys.troubles or value_json.mqtt.troubles"


def discovery(section: PublishSection, device: Identity, topics: Topics) -> Json:
    """Return the content of the discovery message."""
    own = device.device_id
    parts = _room(section, topics) | _diagnostics(section, topics) | _controls(topics)
    parts = {name: part | {"uniq_id": f"{own}_{name}"} for name, part in parts.items()}
    about = {
        "ids": [own],
        "name": f"Room {section.room_id} mimicry",
        "mf": device.make,
        "mdl": device.model,
        "sw": device.software,
        "sn": device.serial,
    }
    about |= {"sa": section.area} if section.area else {}
    about |= {"cu": section.configuration_url} if section.configuration_url else {}
    return {
        "dev": about,
        "o": {"name": "mimicry-edge", "sw": device.software},
        "avty": _available(topics, _ONLINE),
        "qos": 1,
        "cmps": {name: part | {"uniq_id": f"{own}_{name}"} for name, part in parts.items()}
        | _triggers(topics),
    }


def _room(section: PublishSection, topics: Topics) -> dict[str, Json]:
    """Return what the room shows, from the summaries; a device that fell silent keeps no old number."""
    fixed = {"stat_t": topics.of("mimicry/summary"), "exp_aft": int(_MISSED * section.summary_s)}
    measured = fixed | {"p": "sensor", "stat_cla": "measurement"}
    occupied = "{{ 'ON' if value_json.people > 0 else 'OFF' }}"
    states = {"dev_cla": "enum", "ops": list(get_args(State))}
    return {
        "occ": fixed
        | {"p": "binary_sensor", "name": "Occupancy", "dev_cla": "occupancy", "val_tpl": occupied},
        "people": measured | {"name": "People", "val_tpl": "{{ value_json.people }}"},
        "index": measured | {"name": "Coupling index", "val_tpl": "{{ value_json.index }}"},
        "state": fixed
        | states
        | {"p": "sensor", "name": "Coupling state", "val_tpl": "{{ value_json.state }}"},
        "evidence": measured | {"name": "Evidence", "val_tpl": "{{ value_json.evidence }}"},
    }


def _diagnostics(section: PublishSection, topics: Topics) -> dict[str, Json]:
    """Return what is known of the device itself; deaf, it still says so."""
    common: Json = {"ent_cat": "diagnostic", "avty": _available(topics, _PRESENT)}
    fixed = common | {"stat_t": topics.of("health"), "exp_aft": int(_MISSED * section.health_s)}
    number = fixed | {"p": "sensor", "stat_cla": "measurement"}
    word = fixed | {"p": "sensor", "dev_cla": "enum"}
    trouble = {"p": "binary_sensor", "dev_cla": "problem"}
    why = {"json_attr_t": topics.of("health"), "json_attr_tpl": "{{ {'why': value_json.why} | tojson }}"}
    unsynced = "{{ 'ON' if value_json.clock == 'unsynced' else 'OFF' }}"
    degrees = {"dev_cla": "temperature", "unit_of_meas": "°C"}
    there = {"p": "binary_sensor", "dev_cla": "connectivity", "avty": _available(topics, _ALWAYS)}
    said = common | {"stat_t": topics.of("availability")}
    return {
        "condition": word
        | why
        | {"name": "Condition", "ops": list(get_args(Condition)), "val_tpl": "{{ value_json.condition }}"},
        "mode": word | {"name": "Mode", "ops": list(MODES), "val_tpl": "{{ value_json.mode }}"},
        "problem": fixed
        | trouble
        | {"name": "Problem", "val_tpl": f"{{{{ 'ON' if {_TROUBLED} else 'OFF' }}}}"},
        "connected": said
        | there
        | {"name": "Connection", "val_tpl": "{{ 'ON' if value in ('online', 'deaf') else 'OFF' }}"},
        "deaf": said | trouble | {"name": "Deaf", "val_tpl": "{{ 'ON' if value == 'deaf' else 'OFF' }}"},
        "clock": fixed | trouble | {"name": "Clock", "val_tpl": unsynced},
        "temp": number | degrees | {"name": "Temperature", "val_tpl": "{{ value_json.sys.temp_c }}"},
        "spool": number | {"name": "Results waiting", "val_tpl": "{{ value_json.spool.rows }}"},
        "fps": number
        | {"name": "Frame rate", "unit_of_meas": "fps", "val_tpl": "{{ value_json.camera.fps }}"},
        "software": common
        | {
            "p": "update",
            "name": "Software",
            "dev_cla": "firmware",
            "stat_t": topics.of("health"),
            "val_tpl": "{{ value_json.software }}",
            "l_ver_t": topics.software,
        },
    }


def _controls(topics: Topics) -> dict[str, Json]:
    """Return the mute and what else may be asked."""
    button: Json = {"p": "button", "ent_cat": "config", "pl_prs": "{}", "ret": False}
    return {
        "priv": {
            "p": "switch",
            "name": "Privacy",
            "ic": "mdi:eye-off",
            "cmd_t": topics.of("privacy/set"),
            "stat_t": topics.of("privacy/state"),
            "val_tpl": "{{ value_json.state }}",
            "pl_on": "ON",
            "pl_off": "OFF",
            "ret": False,
        },
        "restart": button | {"name": "Restart", "dev_cla": "restart", "cmd_t": topics.of("cmd/restart/req")},
        "identify": button
        | {"name": "Identify", "dev_cla": "identify", "cmd_t": topics.of("cmd/identify/req")},
    }


def _triggers(topics: Topics) -> dict[str, Json]:
    """Return what automations may begin with: an episode of the room."""
    fixed = {"p": "device_automation", "atype": "trigger", "t": topics.of(EPISODE), "stype": "room"}
    return {f"episode_{word}": fixed | {"type": f"episode_{word}", "pl": word} for word in ("start", "end")}


def _available(topics: Topics, template: str) -> list[Json]:
    return [{"t": topics.of("availability"), "val_tpl": template}]
