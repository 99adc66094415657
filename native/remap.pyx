"""Warp one portrait into a frame: invert displacement fields, sample with seam and lids, add sensor noise.

Coordinates are continuous: pixel i covers [i, i+1), its centre is i + 0.5. Fields are grids of nodes;
node (j, i) lies at (x0 + i*step, y0 + j*step) in portrait pixels.
"""

from libc.math cimport NAN, fabsf, floorf, isnan
from libc.stdint cimport int8_t, int16_t, uint8_t

ctypedef const uint8_t cu8
ctypedef const int8_t ci8

cdef enum:
    MAX_ITERATIONS = 16
    MAX_GRID_WIDTH = 512

cdef float TOLERANCE_PX = 0.002


cdef struct Grid:
    float x0
    float y0
    float step
    int rows
    int cols


cdef inline void look_up(const float[:, :, ::1] field, Grid* g, float x, float y,
                         float* dx, float* dy) noexcept nogil:
    """Bilinear field value at (x, y) px; the border value is held outside."""
    cdef float u = (x - g.x0) / g.step, v = (y - g.y0) / g.step
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


def invert(const float[:, :, ::1] outer, const float[:, :, ::1] inner, float[:, :, ::1] out,
           float x0, float y0, float step):
    """Invert p = s' + outer(s'), s' = s + inner(s) at every node: out = s - p, px.

    `outer`, `inner`, `out`: [rows, cols, 2] float32, displacement x, y in px, |gradient| < 1. Fixed point to
    0.002 px, at most 16 iterations.
    """
    cdef Grid g = Grid(x0, y0, step, <int>outer.shape[0], <int>outer.shape[1])
    if not (outer.shape[0] == inner.shape[0] == out.shape[0]
            and outer.shape[1] == inner.shape[1] == out.shape[1]
            and outer.shape[2] == inner.shape[2] == out.shape[2] == 2):
        raise ValueError("expected three fields of one shape [rows, cols, 2]")
    if g.rows < 2 or g.cols < 2 or g.cols > MAX_GRID_WIDTH or not step > 0:
        raise ValueError("expected 2 to 512 columns, at least 2 rows and step > 0")
    cdef int i, j
    cdef float x, y, mx, my, sx, sy
    with nogil:
        for j in range(g.rows):
            for i in range(g.cols):
                x = x0 + i * step
                y = y0 + j * step
                solve(outer, &g, x, y, &mx, &my)
                solve(inner, &g, mx, my, &sx, &sy)
                out[j, i, 0] = sx - x
                out[j, i, 1] = sy - y


cdef inline void sample(cu8[:, :, ::1] src, float x, float y, int* rgba) noexcept nogil:
    """Bilinear RGBA at (x, y) px in 22-bit fixed point (value * 2^14); transparent outside."""
    cdef int h = <int>src.shape[0], w = <int>src.shape[1]
    x -= 0.5
    y -= 0.5
    cdef int i, j, k, a, b, w00, w01, w10, w11
    if not (x >= 0 and y >= 0 and x < w - 1 and y < h - 1):
        for k in range(4):
            rgba[k] = 0
        return
    i = <int>x
    j = <int>y
    a = <int>((x - i) * 128 + 0.5)
    b = <int>((y - j) * 128 + 0.5)
    w11 = a * b
    w10 = (128 - a) * b
    w01 = a * (128 - b)
    w00 = (128 - a) * (128 - b)
    cdef const uint8_t* p = &src[j, i, 0]
    cdef const uint8_t* q = &src[j + 1, i, 0]
    for k in range(4):
        rgba[k] = p[k] * w00 + p[k + 4] * w01 + q[k] * w10 + q[k + 4] * w11


cdef inline float table(const float[::1] values, float x) noexcept nogil:
    """Linear interpolation of a per-column table; NaN outside or beside a NaN."""
    x -= 0.5
    if not (x >= 0 and x < values.shape[0] - 1):
        return NAN
    cdef int i = <int>x
    return values[i] + (values[i + 1] - values[i]) * (x - i)


cdef inline float held(const float[::1] values, float x) noexcept nogil:
    """Linear interpolation of a per-column table; the border value is held outside."""
    return table(values, min(max(x, <float>0.5), values.shape[0] - <float>0.51))


cdef inline void mix(int* rgba, int* other, float share) noexcept nogil:
    cdef int k, s = <int>(share * 256)
    for k in range(4):
        rgba[k] = rgba[k] + (((other[k] - rgba[k]) >> 8) * s)


cdef inline void take(cu8[:, :, ::1] src, const float[:, ::1] lids, float closure,
                      float x, float y, int* rgba) noexcept nogil:
    """Sample with the upper lid lowered by `closure` of the eye opening; the lid's skin follows."""
    cdef float top, upper, edge, cover, lash, lifted
    cdef int[4] lid
    sample(src, x, y, rgba)
    if closure <= 0:
        return
    top = table(lids[0], x)
    if isnan(top) or y <= top:
        return
    upper = table(lids[1], x)
    edge = upper + closure * (table(lids[2], x) - upper)
    cover = edge - y + 0.5
    if not cover > 0 or not upper > top:
        return
    lash = table(lids[3], x)
    if y > edge - lash:
        lifted = min(y, edge) - edge + upper
    else:
        lifted = top + (y - top) * (upper - lash - top) / (edge - lash - top)
    sample(src, x, lifted, lid)
    mix(rgba, lid, min(cover, <float>1.0))


cdef struct View:
    float x  # frame position of the portrait's origin, px
    float y
    float scale  # frame px a portrait px
    float closure  # AU45, 0..1
    bint open  # the jaw or the lower lip is moving
    int top  # first and last row
    int bottom


def warp(uint8_t[:, :, ::1] frame, cu8[:, :, ::1] src, const int[:, ::1] spans,
         const float[:, :, ::1] upper, const float[:, :, ::1] lower,
         grid, const float[:, ::1] lids, const float[::1] seam, interior, pose):
    """Draw a premultiplied RGBA portrait into an RGB frame through inverse displacement grids.

    `spans` [h, 2]: first and last opaque column a portrait row. `upper`, `lower` [rows, cols, 2]: inverse
    fields, px, for what lies above and below the mouth's `seam` [w] (y of the line a column, px). `grid`:
    (x0, y0, step). `lids` [4, w], px a column: y of the top of the lid's skin, of the upper and of the lower
    lid, height of the lashes; NaN outside the eyes. `interior`: RGB of the open mouth. `pose`: (x, y, scale, closure, open, top row, bottom row).
    """
    cdef Grid g = Grid(grid[0], grid[1], grid[2], upper.shape[0], upper.shape[1])
    cdef View view = View(pose[0], pose[1], pose[2], pose[3], pose[4], max(0, pose[5]), pose[6])
    cdef int[4] inside = [interior[0] << 14, interior[1] << 14, interior[2] << 14, 255 << 14]
    cdef int row
    if (spans.shape[0] != src.shape[0] or lids.shape[0] != 4 or lids.shape[1] != src.shape[1]
            or seam.shape[0] != src.shape[1] or src.shape[2] != 4 or frame.shape[2] != 3
            or upper.shape[2] != 2 or lower.shape[2] != 2
            or lower.shape[0] != g.rows or lower.shape[1] != g.cols):
        raise ValueError("expected tables and fields that fit the portrait")
    view.bottom = min(view.bottom, <int>frame.shape[0])
    if g.rows < 2 or g.cols < 2 or g.cols > MAX_GRID_WIDTH or not g.step > 0 or not view.scale > 0:
        raise ValueError("expected 2 to 512 columns, at least 2 rows, step > 0 and scale > 0")
    with nogil:
        for row in range(view.top, view.bottom):
            warp_row(frame, src, spans, upper, lower, &g, lids, seam, inside, &view, row)


cdef void warp_row(uint8_t[:, :, ::1] frame, cu8[:, :, ::1] src, const int[:, ::1] spans,
                   const float[:, :, ::1] upper, const float[:, :, ::1] lower, Grid* g,
                   const float[:, ::1] lids, const float[::1] seam, int* inside, View* view,
                   int row) noexcept nogil:
    cdef float[2 * MAX_GRID_WIDTH] up
    cdef float[2 * MAX_GRID_WIDTH] low
    cdef float y = (row + 0.5 - view.y) / view.scale
    cdef int source_row = <int>floorf(y)
    if source_row < 0 or source_row >= src.shape[0]:
        return
    cdef int first = max(0, <int>(view.x + spans[source_row, 0] * view.scale))
    cdef int last = min(<int>frame.shape[1] - 1, <int>(view.x + (spans[source_row, 1] + 1) * view.scale))
    cdef float v = (y - g.y0) / g.step, u, a, x, lx, ly, ux, uy, below, above
    cdef bint bent = v >= 0 and v < g.rows - 1
    cdef int j = <int>v if bent else 0
    cdef int column, i, k, alpha
    cdef int[4] rgba
    cdef int[4] other
    cdef uint8_t* out
    if bent:
        v -= j
        for i in range(g.cols):
            for k in range(2):
                up[2 * i + k] = upper[j, i, k] * (1 - v) + upper[j + 1, i, k] * v
                low[2 * i + k] = lower[j, i, k] * (1 - v) + lower[j + 1, i, k] * v
    for column in range(first, last + 1):
        x = (column + 0.5 - view.x) / view.scale
        u = (x - g.x0) / g.step
        if not bent or u < 0 or u >= g.cols - 1:
            sample(src, x, y, rgba)
        else:
            i = <int>u
            a = u - i
            ux = x + up[2 * i] * (1 - a) + up[2 * i + 2] * a
            uy = y + up[2 * i + 1] * (1 - a) + up[2 * i + 3] * a
            if not view.open:
                take(src, lids, view.closure, ux, uy, rgba)
            else:
                lx = x + low[2 * i] * (1 - a) + low[2 * i + 2] * a
                ly = y + low[2 * i + 1] * (1 - a) + low[2 * i + 3] * a
                below = (ly - held(seam, lx)) * view.scale + 0.5
                above = 0.5 - (uy - held(seam, ux)) * view.scale
                below = min(max(below, <float>0), <float>1)
                above = min(max(above, <float>0), 1 - below)
                if below >= 1:
                    sample(src, lx, ly, rgba)
                else:
                    take(src, lids, view.closure, ux, uy, rgba)
                    if below > 0:
                        sample(src, lx, ly, other)
                        mix(rgba, other, below)
                    if above + below < 1:
                        mix(rgba, inside, 1 - above - below)
        alpha = rgba[3] >> 14
        if alpha == 0:
            continue
        out = &frame[row, column, 0]
        for k in range(3):
            out[k] = <uint8_t>min(255, (rgba[k] >> 14) + (out[k] * (255 - alpha) + 127) // 255)


def expose(uint8_t[::1] frame, ci8[::1] noise, Py_ssize_t offset, int gain):
    """Scale every byte by gain/256 and add noise[offset + i], clipped to 0..255, in place."""
    cdef Py_ssize_t i, n = frame.shape[0]
    cdef int16_t value
    if offset < 0 or noise.shape[0] - offset < n or not 0 <= gain <= 512:
        raise ValueError("expected noise for every byte and a gain of 0..512")
    cdef uint8_t* p = &frame[0]
    cdef const int8_t* q = &noise[offset]
    with nogil:
        for i in range(n):
            value = <int16_t>((p[i] * gain + 128) >> 8) + q[i]
            value = 0 if value < 0 else value
            p[i] = <uint8_t>(255 if value > 255 else value)
