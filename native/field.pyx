"""Invert smooth displacement fields on a grid of nodes, to sub-pixel accuracy.

Coordinates are continuous: pixel i covers [i, i+1), its centre is i + 0.5. Node (j, i) of a field lies at
(x0 + i*step, y0 + j*step).
"""

from libc.math cimport NAN, fabsf, isnan

cdef enum:
    MAX_ITERATIONS = 16

cdef float TOLERANCE_PX = 0.002


cdef struct Grid:
    float x0
    float y0
    float inverse  # 1 / step
    int rows
    int cols


cdef inline void look_up(const float[:, :, ::1] field, Grid* g, float x, float y,
                         float* dx, float* dy) noexcept nogil:
    """Bilinear field value at (x, y) px; the border value is held outside."""
    cdef float u = (x - g.x0) * g.inverse, v = (y - g.y0) * g.inverse
    u = min(max(u, 0.0), g.cols - 1.001)
    v = min(max(v, 0.0), g.rows - 1.001)
    cdef int i = <int>u, j = <int>v
    cdef float a = u - i, b = v - j
    dx[0] = ((field[j, i, 0] * (1 - a) + field[j, i + 1, 0] * a) * (1 - b)
             + (field[j + 1, i, 0] * (1 - a) + field[j + 1, i + 1, 0] * a) * b)
    dy[0] = ((field[j, i, 1] * (1 - a) + field[j, i + 1, 1] * a) * (1 - b)
             + (field[j + 1, i, 1] * (1 - a) + field[j + 1, i + 1, 1] * a) * b)


cdef void solve(const float[:, :, ::1] field, Grid* g, float x, float y,
                float* source_x, float* source_y) noexcept nogil:
    """Solve s + field(s) = (x, y) by fixed-point iteration."""
    cdef float sx = x, sy = y, dx = 0, dy = 0, nx, ny
    cdef int left = MAX_ITERATIONS
    while left > 0:
        left -= 1
        look_up(field, g, sx, sy, &dx, &dy)
        nx = x - dx
        ny = y - dy
        if fabsf(nx - sx) < TOLERANCE_PX and fabsf(ny - sy) < TOLERANCE_PX:
            sx = nx
            sy = ny
            break
        sx = nx
        sy = ny
    source_x[0] = sx
    source_y[0] = sy


def invert(const float[:, :, ::1] field, const float[:, :, ::1] start, float[:, :, ::1] out,
           float x0, float y0, float step):
    """Solve s + field(s) = p + start(p) at every node p: out = s - p, px.

    `field`, `start`, `out`: [rows, cols, 2] float32, displacement x, y in px, |gradient of field| < 1. With
    the inverse of another field as `start` the result inverts both, this one applied first. Fixed point to
    0.002 px, at most 16 iterations.
    """
    cdef Grid g = Grid(x0, y0, 1 / step if step > 0 else 0, <int>field.shape[0], <int>field.shape[1])
    if not (field.shape[0] == start.shape[0] == out.shape[0]
            and field.shape[1] == start.shape[1] == out.shape[1]
            and field.shape[2] == start.shape[2] == out.shape[2] == 2):
        raise ValueError("expected three fields of one shape [rows, cols, 2]")
    if g.rows < 2 or g.cols < 2 or not step > 0:
        raise ValueError("expected at least 2 columns, 2 rows and step > 0")
    cdef int i, j
    cdef float x, y, sx, sy
    with nogil:
        for j in range(g.rows):
            for i in range(g.cols):
                x = x0 + i * step
                y = y0 + j * step
                if isnan(start[j, i, 0]):
                    out[j, i, 0] = out[j, i, 1] = NAN
                    continue
                solve(field, &g, x + start[j, i, 0], y + start[j, i, 1], &sx, &sy)
                out[j, i, 0] = sx - x
                out[j, i, 1] = sy - y
