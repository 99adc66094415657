"""Copy a picture that is seen through any strides into rows of its own, tile by tile to stay in the cache."""

from libc.string cimport memcpy


def copy(const unsigned char[:, :, :] seen not None, unsigned char[:, :, ::1] out not None):
    """Copy `seen` [H, W, 3], whose strides may be negative, exchanged or padded, into `out` of its shape.

    Raises
    ------
    ValueError : other than 3 channels, or two shapes.
    """
    cdef Py_ssize_t height = seen.shape[0], width = seen.shape[1], top, left, y
    if not (seen.shape[2] == out.shape[2] == 3 and out.shape[0] == height and out.shape[1] == width):
        raise ValueError(f"expected [H, W, 3] twice, got {seen.base.shape} and {out.base.shape} at copy")
    if height == 0 or width == 0:
        return
    with nogil:
        if seen.strides[1] == 3 and seen.strides[2] == 1:
            for y in range(height):
                memcpy(&out[y, 0, 0], &seen[y, 0, 0], 3 * width)
        else:
            for top in range(0, height, 32):
                for left in range(0, width, 32):
                    tile(seen, out, top, left, min(top + 32, height), min(left + 32, width))


cdef void tile(const unsigned char[:, :, :] seen, unsigned char[:, :, ::1] out, Py_ssize_t top,
               Py_ssize_t left, Py_ssize_t bottom, Py_ssize_t right) noexcept nogil:
    """Copy one tile, pixel by pixel."""
    cdef Py_ssize_t across = seen.strides[1], deep = seen.strides[2], y, _x
    cdef const unsigned char *p
    cdef unsigned char *q
    for y in range(top, bottom):
        p = &seen[y, left, 0]
        q = &out[y, left, 0]
        for _x in range(left, right):
            q[0] = p[0]
            q[1] = p[deep]
            q[2] = p[2 * deep]
            p += across
            q += 3
