"""A small consumer of devices, for integrators to copy: everything once, gaps named.

    with Hub("mqtt://hub.example", site="hq", device="mimicry-2f26") as hub:
        for item in hub:
            print(item.device, item.kind, item.body)

Subscribes exact topics, never `#`. The identity of a durable message is (boot, seq): a second copy is
dropped, a missing number is reported as an item of kind `gap` and, should it still come, is delivered late.
What a device sends late has `historical: true` and its age in the body.

Kinds: `live`, `event`, `summary`, `health`, `privacy` (dicts as published), `availability` ({"state": ...}),
`gap` ({"boot", "missing": [seq, ...]}).
"""

from edge.hub.hub import KINDS, Hub, Item

__all__ = ["KINDS", "Hub", "Item"]
