"""The page in the browser: all devices of a hub, one room, its past, the notice at its door; never a picture.

`station` hears the hub, `archive` reads the collector's store, `alerts` keeps what needs somebody; `rooms`,
`room`, `days`, `attention` and `notice` turn what is known into HTML; `access` decides who is let in,
`server` holds the addresses, `site` the open pages. All of this was published by a device. `aim` alone shows
what a device sees now: the page of an aiming session on that device.
"""
