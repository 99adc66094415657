"""Home Assistant device discovery: one retained message describes every entity of the device.

Room-level values only. Absolute topics, because the base-topic shortcut is not expanded inside lists.
"""

from edge.config.sections import PublishSection
from edge.plain import Json
from edge.publish.building.identity import Identity
from edge.publish.building.topics import Topics

ORIGIN_URL = "https://www.home-assistant.io/integrations/mqtt/"
_MISSED_SUMMARIES = 3
_AVAILABLE = "{{ 'online' if value == 'online' else 'offline' }}"  # it knows no `stopped`


def discovery(section: PublishSection, device: Identity, topics: Topics) -> Json:
    """Return the content of the discovery message."""
    own = device.device_id
    expire_s = int(_MISSED_SUMMARIES * section.summary_s)
    summary, health = topics.of("mimicry/summary"), topics.of("health")

    def sensor(name: str, label: str, topic: str, template: str, **more: object) -> Json:
        fixed = {
            "p": "sensor",
            "name": label,
            "uniq_id": f"{own}_{name}",
            "stat_t": topic,
            "val_tpl": template,
        }
        return fixed | more

    measured: dict[str, object] = {"stat_cla": "measurement"}
    inner: dict[str, object] = measured | {
        "ent_cat": "diagnostic",
        "exp_aft": int(_MISSED_SUMMARIES * section.health_s),
    }
    components = {
        "occ": {
            "p": "binary_sensor",
            "name": "Occupancy",
            "dev_cla": "occupancy",
            "uniq_id": f"{own}_occ",
            "stat_t": summary,
            "val_tpl": "{{ 'ON' if value_json.people > 0 else 'OFF' }}",
            "exp_aft": expire_s,
        },
        "people": sensor(
            "people", "People", summary, "{{ value_json.people }}", exp_aft=expire_s, **measured
        ),
        "index": sensor(
            "index", "Coupling index", summary, "{{ value_json.index }}", exp_aft=expire_s, **measured
        ),
        "state": sensor("state", "Coupling state", summary, "{{ value_json.state }}", exp_aft=expire_s),
        "evidence": sensor(
            "evidence", "Evidence", summary, "{{ value_json.evidence }}", exp_aft=expire_s, **measured
        ),
        "priv": {
            "p": "switch",
            "name": "Privacy",
            "ic": "mdi:eye-off",
            "uniq_id": f"{own}_priv",
            "cmd_t": topics.of("privacy/set"),
            "stat_t": topics.of("privacy/state"),
            "val_tpl": "{{ value_json.state }}",
            "pl_on": "ON",
            "pl_off": "OFF",
            "ret": False,
        },
        "fps": sensor(
            "fps", "Frame rate", health, "{{ value_json.camera.fps }}", unit_of_meas="fps", **inner
        ),
        "mode": sensor("mode", "Mode", health, "{{ value_json.mode }}", ent_cat="diagnostic"),
    }
    return {
        "dev": {
            "ids": [own],
            "name": f"Room {section.room_id} mimicry",
            "mf": device.make,
            "mdl": device.model,
            "sw": device.software,
            "sn": device.serial,
        },
        "o": {"name": "mimicry-edge", "sw": device.software, "url": ORIGIN_URL},
        "avty": [{"t": topics.of("availability"), "val_tpl": _AVAILABLE}],
        "qos": 1,
        "cmps": components,
    }
