"""Our discovery message against Home Assistant's own schemas, where the `homeassistant` package is.

python tests/publish/homeassistant_check.py DISCOVERY.json
"""

import asyncio
import importlib
import json
import sys
import tempfile
from pathlib import Path

from homeassistant.components.mqtt import discovery, schemas
from homeassistant.core import HomeAssistant
from homeassistant.helpers import frame

SHARED = ("availability", "qos", "device", "origin")


async def main(path):
    """Unfold the abbreviations as Home Assistant does, then validate device and every component."""
    with tempfile.TemporaryDirectory() as folder:
        frame.async_setup(HomeAssistant(folder))
        payload = json.loads(await asyncio.to_thread(Path(path).read_text))
        discovery._replace_all_abbreviations(payload)
        found = schemas.DEVICE_DISCOVERY_SCHEMA(payload)
        shared = {key: payload[key] for key in SHARED if key in payload}
        for name, component in found["components"].items():
            config = shared | component
            platform = config.pop("platform")
            name_of = {"device_automation": "device_trigger"}.get(platform, platform)
            module = importlib.import_module(f"homeassistant.components.mqtt.{name_of}")
            valid = getattr(module, "DISCOVERY_SCHEMA", None) or module.TRIGGER_DISCOVERY_SCHEMA
            valid = valid(config)
            lost = set(component) - {"platform"} - set(valid)
            print(f"{name}: {platform} {'unknown keys ' + ', '.join(lost) if lost else 'ok'}")


asyncio.run(main(sys.argv[1]))
