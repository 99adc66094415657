"""Landmarks from crop to picture coordinates, and how far they extend: short loops on every face's path."""

from libc.math cimport cos, sin


def to_picture(const float[:, ::1] landmarks not None, float[:, ::1] out not None,
               double x_px, double y_px, double side_px, double angle_rad, double size_px):
    """Turn landmarks in crop pixels into picture pixels; return their extent x0, y0, x1, y1 in the picture.

    With s = side_px / size_px and (u, v, w) a landmark, u and v counted from the crop's centre,

        x = x_px + s * (u cos a - v sin a)      y = y_px + s * (u sin a + v cos a)      z = s * w

    Parameters
    ----------
    landmarks : float32 [N, 3], crop pixels, N > 0
    out : float32 [N, 3], picture pixels, written in place
    x_px, y_px, side_px, angle_rad : the crop's rotated square in the picture
    size_px : side of the crop in its own pixels
    """
    cdef Py_ssize_t i, n = landmarks.shape[0]
    cdef double scale = side_px / size_px, half = size_px / 2
    cdef double c = scale * cos(angle_rad), s = scale * sin(angle_rad), u, v
    cdef float x, y, x0 = 3e38, y0 = 3e38, x1 = -3e38, y1 = -3e38
    if n < 1 or out.shape[0] != n or landmarks.shape[1] != 3 or out.shape[1] != 3:
        raise ValueError(f"expected [N, 3] twice, got {n} and {out.shape[0]} rows at to_picture")
    for i in range(n):
        u = landmarks[i, 0] - half
        v = landmarks[i, 1] - half
        x = <float>(x_px + u * c - v * s)
        y = <float>(y_px + u * s + v * c)
        out[i, 0] = x
        out[i, 1] = y
        out[i, 2] = <float>(scale * landmarks[i, 2])
        x0, x1 = min(x0, x), max(x1, x)
        y0, y1 = min(y0, y), max(y1, y)
    return x0, y0, x1, y1


def extent(const float[:, ::1] points not None, double angle_rad):
    """Return the extent u0, v0, u1, v1 of points [N, 2 or more] along axes turned by `angle_rad`.

    u = x cos a + y sin a and v = y cos a - x sin a.
    """
    cdef Py_ssize_t i
    cdef double c = cos(angle_rad), s = sin(angle_rad), u, v
    cdef double u0 = 1e300, v0 = 1e300, u1 = -1e300, v1 = -1e300
    if points.shape[0] < 1 or points.shape[1] < 2:
        raise ValueError(f"expected points [N, 2], got {points.shape[0]} rows at extent")
    for i in range(points.shape[0]):
        u = points[i, 0] * c + points[i, 1] * s
        v = points[i, 1] * c - points[i, 0] * s
        u0, u1 = min(u0, u), max(u1, u)
        v0, v1 = min(v0, v), max(v1, v)
    return u0, v0, u1, v1
