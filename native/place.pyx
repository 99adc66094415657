"""What a place of a picture shows, sampled and compared: every frame does it for every face.

Pictures are [H, W, 3], of which the green channel is read. A box is x, y, width, height in px; it is sampled
in the middle of each cell of a grid, and beyond the picture its border is repeated.
"""

from libc.math cimport NAN, sqrt
from libc.stdint cimport int64_t

cdef enum:
    MOST = 256  # samples a side


cdef inline Py_ssize_t cell(Py_ssize_t i, Py_ssize_t n, double start, double length,
                            Py_ssize_t end) noexcept nogil:
    """Return the pixel in the middle of the i-th of n cells."""
    return <Py_ssize_t>min(max(start + length * ((i + 0.5) / n), 0.0), <double>(end - 1))


cdef int grid(const unsigned char[:, :, :] image, tuple box, Py_ssize_t side, Py_ssize_t every,
              Py_ssize_t *rows, Py_ssize_t *columns) except -1:
    """Fill in the rows and columns of every `every`-th of `side` cells; return how many."""
    cdef double x, y, width, height
    cdef Py_ssize_t i, n = (side + every - 1) // every
    x, y, width, height = box
    if not (0 < n <= MOST and image.shape[0] and image.shape[1] and image.shape[2] == 3):
        raise ValueError(f"expected up to {MOST} samples of [H, W, 3], got {n} of {image.base.shape}")
    for i in range(n):
        rows[i] = cell(i * every, side, y, height, image.shape[0])
        columns[i] = cell(i * every, side, x, width, image.shape[1])
    return <int>n


def sample(const unsigned char[:, :, :] image not None, tuple box_px not None,
           unsigned char[:, ::1] out not None):
    """Sample a box into `out` [n, n]."""
    cdef Py_ssize_t i, j, n = out.shape[0]
    cdef Py_ssize_t[MOST] rows, columns
    if out.shape[1] != n:
        raise ValueError(f"expected [n, n], got {out.base.shape} at sample")
    grid(image, box_px, n, 1, rows, columns)
    for i in range(n):
        for j in range(n):
            out[i, j] = image[rows[i], columns[j], 1]


def spread(const unsigned char[:, ::1] shown not None):
    """Return the standard deviation of samples [n, m]; NaN of none."""
    cdef int64_t a = 0, aa = 0, value, n = shown.shape[0] * shown.shape[1]
    cdef Py_ssize_t i, j
    for i in range(shown.shape[0]):
        for j in range(shown.shape[1]):
            value = shown[i, j]
            a += value
            aa += value * value
    return sqrt(<double>(n * aa - a * a)) / n if n else NAN


def likeness(const unsigned char[:, ::1] shown not None, const unsigned char[:, :, :] image not None,
             tuple box_px not None, Py_ssize_t every, double flat_sd):
    """Return Pearson's r of samples [n, n], every `every`-th, with the same box of another picture.

    NaN where the box now varies by less than `flat_sd`, or what was shown does not vary.
    """
    cdef int64_t a = 0, b = 0, aa = 0, bb = 0, ab = 0, before, now, n
    cdef Py_ssize_t i, j, count, side = shown.shape[0]
    cdef Py_ssize_t[MOST] rows, columns
    cdef double varies, varied
    if shown.shape[1] != side or every < 1:
        raise ValueError(f"expected [n, n], got {shown.base.shape} at likeness")
    count = grid(image, box_px, side, every, rows, columns)
    for i in range(count):
        for j in range(count):
            before = shown[i * every, j * every]
            now = image[rows[i], columns[j], 1]
            a += before
            b += now
            aa += before * before
            bb += now * now
            ab += before * now
    n = count * count
    varied, varies = <double>(n * aa - a * a), <double>(n * bb - b * b)
    if sqrt(varies) / n < flat_sd or varied <= 0:
        return NAN
    return (n * ab - a * b) / sqrt(varied * varies)


def change(const unsigned char[:, :, :] image not None, unsigned char[:, ::1] last not None,
           Py_ssize_t down, Py_ssize_t across):
    """Put every `down`-th row and `across`-th column of a picture into `last`; return their mean change."""
    cdef int64_t total = 0, n = last.shape[0] * last.shape[1]
    cdef Py_ssize_t i, j
    cdef unsigned char now
    if not (n and last.shape[0] == (image.shape[0] + down - 1) // down
            and last.shape[1] == (image.shape[1] + across - 1) // across and image.shape[2] == 3):
        raise ValueError(f"expected a thumbnail of {image.base.shape}, got {last.base.shape} at change")
    for i in range(last.shape[0]):
        for j in range(last.shape[1]):
            now = image[i * down, j * across, 1]
            total += abs(<int>now - <int>last[i, j])
            last[i, j] = now
    return total / <double>n


def resemblance(const float[:, :] a not None, const float[:, :] b not None):
    """Return Pearson's r of two arrays of one shape; NaN where one of them is constant."""
    cdef Py_ssize_t i, j, n = a.shape[0], m = a.shape[1]
    cdef double x = 0, y = 0, xx = 0, yy = 0, xy = 0, u, v
    if b.shape[0] != n or b.shape[1] != m or n * m == 0:
        raise ValueError(f"expected two arrays of one shape, got {a.base.shape} and {b.base.shape}")
    for i in range(n):
        for j in range(m):
            x += a[i, j]
            y += b[i, j]
    x /= n * m
    y /= n * m
    for i in range(n):
        for j in range(m):
            u = a[i, j] - x
            v = b[i, j] - y
            xx += u * u
            yy += v * v
            xy += u * v
    return xy / sqrt(xx * yy) if xx > 0 and yy > 0 else NAN
