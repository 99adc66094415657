"""The few calls of GStreamer that a camera needs, through ctypes.

PyGObject is built for one Python of the system and cannot be imported from any other; these C functions have
had the same binary interface since GStreamer 1.0. Each call releases the interpreter lock while it runs.
Every object returned is owned by the caller unless stated otherwise.
"""

import ctypes as c
import functools
import itertools
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from edge.config import mask
from edge.errors import CameraError

CLOCK_TIME_NONE = 2**64 - 1
STATE_NULL, STATE_PAUSED, STATE_PLAYING = 1, 3, 4
CHANGE_FAILURE, CHANGE_ASYNC, CHANGE_NO_PREROLL = 0, 2, 3  # no preroll: a live source
MESSAGE_ERROR = 2
MAP_READ = 1
PARSE_NO_FLAGS = 0
FORMAT_TIME = 3

_P = c.c_void_p
_SIGNATURES: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "gst_init_check": (c.c_int, (_P, _P, _P)),
    "gst_parse_launch": (_P, (c.c_char_p, _P)),
    "gst_parse_launch_full": (_P, (c.c_char_p, _P, c.c_int, _P)),
    "gst_parse_context_new": (_P, ()),
    "gst_parse_context_get_missing_elements": (_P, (_P,)),
    "gst_parse_context_free": (None, (_P,)),
    "gst_bin_get_by_name": (_P, (_P, c.c_char_p)),
    "gst_util_set_object_arg": (None, (_P, c.c_char_p, c.c_char_p)),
    "gst_element_set_state": (c.c_int, (_P, c.c_int)),
    "gst_element_get_state": (c.c_int, (_P, _P, _P, c.c_uint64)),
    "gst_element_get_base_time": (c.c_uint64, (_P,)),
    "gst_element_get_bus": (_P, (_P,)),
    "gst_bus_pop_filtered": (_P, (_P, c.c_int)),
    "gst_message_parse_error": (None, (_P, _P, _P)),
    "gst_mini_object_unref": (None, (_P,)),
    "gst_object_unref": (None, (_P,)),
    "gst_sample_get_buffer": (_P, (_P,)),  # borrowed from the sample
    "gst_sample_get_caps": (_P, (_P,)),  # borrowed from the sample
    "gst_sample_get_segment": (_P, (_P,)),  # borrowed from the sample
    "gst_segment_to_running_time": (c.c_uint64, (_P, c.c_int, c.c_uint64)),
    "gst_caps_get_structure": (_P, (_P, c.c_uint)),  # borrowed from the caps
    "gst_structure_get_int": (c.c_int, (_P, c.c_char_p, _P)),
    "gst_structure_get_fraction": (c.c_int, (_P, c.c_char_p, _P, _P)),
    "gst_buffer_map": (c.c_int, (_P, _P, c.c_int)),
    "gst_buffer_unmap": (None, (_P, _P)),
    "gst_app_sink_try_pull_sample": (_P, (_P, c.c_uint64)),
    "gst_app_sink_is_eos": (c.c_int, (_P,)),
    "g_strfreev": (None, (_P,)),
    "g_error_free": (None, (_P,)),
    "g_free": (None, (_P,)),
}


class GError(c.Structure):
    """GLib's error: where from, which, in words."""

    _fields_ = (("domain", c.c_uint32), ("code", c.c_int), ("message", c.c_char_p))


class MapInfo(c.Structure):
    """A buffer mapped into memory; the reserved tail is GStreamer's."""

    _fields_ = (
        ("memory", _P),
        ("flags", c.c_int),
        ("data", _P),
        ("size", c.c_size_t),
        ("max_size", c.c_size_t),
        ("user_data", _P * 4),
        ("reserved", _P * 4),
    )


class _MiniObject(c.Structure):
    _fields_ = (
        ("type", c.c_size_t),
        ("refcount", c.c_int),
        ("lockstate", c.c_int),
        ("flags", c.c_uint),
        ("functions", _P * 3),
        ("private_n", c.c_uint),
        ("private", _P),
    )


class Buffer(c.Structure):
    """The public head of a GstBuffer."""

    _fields_ = (("mini_object", _MiniObject), ("pool", _P), ("pts", c.c_uint64), ("dts", c.c_uint64))


@functools.cache
def library() -> SimpleNamespace:
    """Load and initialise GStreamer once; an object whose attributes are the functions above."""
    try:
        libraries = [
            c.CDLL(name) for name in ("libgstreamer-1.0.so.0", "libgstapp-1.0.so.0", "libglib-2.0.so.0")
        ]
    except OSError as error:
        raise CameraError(
            f"expected GStreamer, got {error} at start (sudo apt install gstreamer1.0-plugins-base "
            "gstreamer1.0-plugins-good)"
        ) from error
    bound = SimpleNamespace()
    for name, (result, arguments) in _SIGNATURES.items():
        function = next(getattr(library, name) for library in libraries if hasattr(library, name))
        function.restype, function.argtypes = result, arguments
        setattr(bound, name, function)
    failure = _P()
    if not bound.gst_init_check(None, None, c.byref(failure)):
        raise CameraError(f"expected GStreamer to start, got {take_error(bound, failure)} at initialisation")
    return bound


def missing_elements(line: str) -> list[str]:
    """Names of the elements in a launch line that no installed plug-in has; nothing is started."""
    gst, failure = library(), _P()
    context = gst.gst_parse_context_new()
    pipeline = gst.gst_parse_launch_full(line.encode(), context, PARSE_NO_FLAGS, c.byref(failure))
    names = gst.gst_parse_context_get_missing_elements(context)
    missing = list(dict.fromkeys(_strings(names)))
    gst.g_strfreev(names)
    gst.gst_parse_context_free(context)
    take_error(gst, failure)
    if pipeline:
        gst.gst_object_unref(pipeline)
    return missing


def _strings(address: int | None) -> Iterator[str]:
    """Read the strings of a list that ends with a null pointer."""
    if address:
        texts = c.cast(address, c.POINTER(c.c_char_p))
        for text in itertools.takewhile(bool, map(texts.__getitem__, itertools.count())):
            yield text.decode(errors="replace")


def take_error(gst: SimpleNamespace, failure: c.c_void_p) -> str:
    """Words of the error at this address, which is freed."""
    if not failure.value:
        return "no reason"
    words = bytes(GError.from_address(failure.value).message or b"no reason").decode(errors="replace")
    gst.g_error_free(failure)
    return mask(" ".join(words.split()))


def pop_error(gst: SimpleNamespace, bus: int) -> str | None:
    """Oldest error on the bus in words, with the element that sent it, or None."""
    message = gst.gst_bus_pop_filtered(bus, MESSAGE_ERROR)
    if not message:
        return None
    failure, address = _P(), _P()
    gst.gst_message_parse_error(message, c.byref(failure), c.byref(address))
    words = take_error(gst, failure)
    if address.value:
        detail = c.cast(address, c.c_char_p)
        lines = bytes(detail.value or b"").decode(errors="replace").splitlines()
        words = f"{words} [{mask(lines[-1].strip()) if lines else ''}]"
        gst.g_free(address)
    gst.gst_mini_object_unref(message)
    return words
