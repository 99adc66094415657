"""Turn a relief: what the camera sees of it, each part hidden where another lies before it."""

from libc.math cimport INFINITY, NAN, ceilf, floorf

cdef float EDGE = 1e-4  # a node this near to a triangle's edge belongs to it, so that no crack stays open


def seen(const float[:, :, ::1] moved not None, const float[:, ::1] depth not None,
         float[:, :, ::1] out not None, float[:, ::1] nearest not None, float step):
    """Write at every node of a grid which part of a turned relief is seen there; see `turn.pyi`."""
    cdef int rows = <int>moved.shape[0], cols = <int>moved.shape[1], j, i
    if not (moved.shape[2] == out.shape[2] == 2
            and depth.shape[0] == nearest.shape[0] == out.shape[0] == rows
            and depth.shape[1] == nearest.shape[1] == out.shape[1] == cols):
        raise ValueError("expected fields of one shape [rows, cols] at seen")
    if rows < 2 or cols < 2 or not step > 0:
        raise ValueError("expected at least 2 rows, 2 columns and step > 0 at seen")
    with nogil:
        for j in range(rows):
            for i in range(cols):
                nearest[j, i] = -INFINITY
                out[j, i, 0] = out[j, i, 1] = NAN
        for j in range(rows - 1):
            for i in range(cols - 1):
                lay(moved, depth, out, nearest, step, j, i, j, i + 1, j + 1, i)
                lay(moved, depth, out, nearest, step, j + 1, i + 1, j + 1, i, j, i + 1)


cdef void lay(const float[:, :, ::1] moved, const float[:, ::1] depth, float[:, :, ::1] out,
              float[:, ::1] nearest, float step, int ja, int ia, int jb, int ib,
              int jc, int ic) noexcept nogil:
    """Lay one triangle of the relief, unless it shows its back, over the nodes it covers."""
    cdef float ax = moved[ja, ia, 0], ay = moved[ja, ia, 1]
    cdef float bx = moved[jb, ib, 0] - ax, by = moved[jb, ib, 1] - ay
    cdef float cx = moved[jc, ic, 0] - ax, cy = moved[jc, ic, 1] - ay
    cdef float area = bx * cy - cx * by, b, c, z, dx, dy
    cdef int i, j, left, right, top, bottom
    if not area > 0:
        return
    left = <int>ceilf(max(ax + min(min(bx, cx), 0) - EDGE, 0))
    right = <int>floorf(min(ax + max(max(bx, cx), 0) + EDGE, out.shape[1] - 1))
    top = <int>ceilf(max(ay + min(min(by, cy), 0) - EDGE, 0))
    bottom = <int>floorf(min(ay + max(max(by, cy), 0) + EDGE, out.shape[0] - 1))
    for j in range(top, bottom + 1):
        for i in range(left, right + 1):
            dx = i - ax
            dy = j - ay
            b = (dx * cy - cx * dy) / area
            c = (bx * dy - dx * by) / area
            if b < -EDGE or c < -EDGE or b + c > 1 + EDGE:
                continue
            z = depth[ja, ia] + b * (depth[jb, ib] - depth[ja, ia]) + c * (depth[jc, ic] - depth[ja, ia])
            if z > nearest[j, i]:
                nearest[j, i] = z
                out[j, i, 0] = (ia + b * (ib - ia) + c * (ic - ia) - i) * step
                out[j, i, 1] = (ja + b * (jb - ja) + c * (jc - ja) - j) * step
