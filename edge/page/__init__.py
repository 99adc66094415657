"""The page in the browser: all devices of a hub, one room, the notice at its door; never a picture.

`station` hears the hub, `rooms`, `room` and `notice` turn what is known into HTML, `access` decides who
is let in, `server` puts it on the network. All that the page shows was published by a device.
"""
