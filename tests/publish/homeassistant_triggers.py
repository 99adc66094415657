"""The device triggers that a running Home Assistant offers, as JSON; run by its own interpreter.

python tests/publish/homeassistant_triggers.py PORT TOKEN
"""

import asyncio
import json
import sys

import aiohttp


async def main(port, token):
    """Ask over its WebSocket interface."""
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"ws://127.0.0.1:{port}/api/websocket") as line,
    ):
        await line.receive_json()
        await line.send_json({"type": "auth", "access_token": token})
        await line.receive_json()
        number = 0

        async def ask(kind, **more):
            nonlocal number
            number += 1
            await line.send_json({"id": number, "type": kind} | more)
            return (await line.receive_json())["result"]

        devices = await ask("config/device_registry/list")
        (own,) = [one for one in devices if ["mqtt", "dev-1"] in one["identifiers"]]
        triggers = await ask("device_automation/trigger/list", device_id=own["id"])
        found = [one["type"] for one in triggers if one["domain"] == "mqtt"]
        print(
            json.dumps({"triggers": sorted(found), "url": own["configuration_url"], "area": own["area_id"]})
        )


asyncio.run(main(*sys.argv[1:]))
