"""What a sensor adds to a picture: brightness that swings, and noise."""

from libc.stdint cimport int8_t, int16_t, uint8_t, uint16_t, uint32_t

ctypedef const int8_t ci8


cdef inline int16_t clipped(int16_t value) noexcept nogil:
    value = value if value > 0 else 0
    return value if value < 255 else 255


def expose(uint8_t[::1] frame, ci8[::1] noise, Py_ssize_t offset, float gain):
    """Scale every byte by `gain` and add noise[offset + i], clipped to 0..255, in place."""
    cdef Py_ssize_t i, n = frame.shape[0]
    if offset < 0 or noise.shape[0] - offset < n or not 0 <= gain < 2:
        raise ValueError("expected noise for every byte and a gain of 0 to below 2")
    cdef uint16_t factor = <uint16_t>(gain * 32768 + 0.5), scaled
    cdef uint8_t* p = &frame[0]
    cdef const int8_t* q = &noise[offset]
    with nogil:
        if factor == 32768:
            for i in range(n):
                p[i] = <uint8_t>clipped(<int16_t>(<int16_t>p[i] + <int16_t>q[i]))
        else:
            for i in range(n):
                scaled = <uint16_t>((<uint32_t><uint16_t>(p[i] << 8) * factor) >> 16)
                p[i] = <uint8_t>clipped(<int16_t>(<int16_t>((scaled + 64) >> 7) + <int16_t>q[i]))
