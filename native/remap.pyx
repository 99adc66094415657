"""Draw a portrait into a frame through inverse displacement fields, with a mouth and lids that move.

Coordinates are continuous: pixel i covers [i, i+1), its centre is i + 0.5. Fields are grids of nodes; node
(j, i) lies at (x0 + i*step, y0 + j*step) in portrait pixels.
"""

from libc.math cimport NAN, fabsf, floorf, isnan
from libc.stdint cimport uint8_t, uint32_t, uint64_t

ctypedef const uint64_t lanes  # RGBA, premultiplied, 16 bits a channel, each 0..255

cdef enum:
    MAX_GRID_WIDTH = 512

cdef float SEAM_PX = 0.002  # below it the mouth's two fields are one
cdef uint64_t ONES = 0x00FF00FF00FF00FF
cdef uint64_t HALF = 0x0080008000800080


cdef struct Grid:
    float x0
    float y0
    float inverse  # 1 / step
    int rows
    int cols


cdef inline uint64_t lerp(uint64_t p, uint64_t q, uint64_t share) noexcept nogil:
    """p + (q - p) share / 256 in each of the four lanes, rounded; share 0..256."""
    return ((p * (256 - share) + q * share + HALF) >> 8) & ONES


cdef inline uint64_t sample(lanes[:, ::1] src, float x, float y) noexcept nogil:
    """Bilinear colour at (x, y) px, the position rounded to 1/256 px; transparent outside."""
    x -= 0.5
    y -= 0.5
    if not (x >= 0 and y >= 0 and x < src.shape[1] - 1 and y < src.shape[0] - 1):
        return 0
    cdef int xs = <int>(x * 256 + 0.5), ys = <int>(y * 256 + 0.5)
    cdef const uint64_t* p = &src[ys >> 8, xs >> 8]
    cdef const uint64_t* q = &src[min((ys >> 8) + 1, <int>src.shape[0] - 1), xs >> 8]
    cdef int right = 1 if (xs >> 8) + 1 < src.shape[1] else 0
    return lerp(lerp(p[0], p[right], xs & 255), lerp(q[0], q[right], xs & 255), ys & 255)


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


cdef inline uint64_t take(lanes[:, ::1] src, const float[:, ::1] lids, float closure,
                          float x, float y) noexcept nogil:
    """Sample with the upper lid lowered by `closure` of the eye opening; the lid's skin follows."""
    cdef float top, upper, edge, cover, lash, lifted
    cdef uint64_t seen = sample(src, x, y)
    if closure <= 0:
        return seen
    top = table(lids[0], x)
    if isnan(top) or y <= top:
        return seen
    upper = table(lids[1], x)
    edge = upper + closure * (table(lids[2], x) - upper)
    cover = edge - y + 0.5
    if not cover > 0 or not upper > top:
        return seen
    lash = table(lids[3], x)
    if y > edge - lash:
        lifted = min(y, edge) - edge + upper
    else:
        lifted = top + (y - top) * (upper - lash - top) / (edge - lash - top)
    return lerp(seen, sample(src, x, lifted), <uint64_t>(min(cover, <float>1) * 256))


cdef struct View:
    float x  # frame position of the portrait's origin, px
    float y
    float scale  # frame px a portrait px
    float closure  # AU45, 0..1
    bint open  # the jaw or the lower lip is moving
    int top  # first and last row
    int bottom


def warp(uint8_t[:, :, ::1] frame, lanes[:, ::1] src, const int[:, ::1] spans,
         const float[:, :, ::1] upper, const float[:, :, ::1] lower,
         grid, const float[:, ::1] lids, const float[::1] seam, interior, pose):
    """Draw a portrait into an RGB frame through inverse displacement grids.

    `src` [h, w]: premultiplied RGBA, one channel in each 16 bits, red lowest. `spans` [h, 2]: first and last
    column that a portrait row may cover. `upper`, `lower` [rows, cols, 2]: inverse fields, px, for what lies
    above and below the mouth's `seam` [w] (y of the line a column, px). `grid`: (x0, y0, step), px. `lids`
    [4, w], px a column: y of the top of the lid's skin, of the upper and of the lower lid, height of the
    lashes; NaN outside the eyes. `interior`: RGB of the open mouth. `pose`: (x, y, scale, closure, open, top
    row, bottom row) in frame px.
    """
    cdef float inverse = 1 / grid[2] if grid[2] > 0 else 0
    cdef Grid g = Grid(grid[0], grid[1], inverse, upper.shape[0], upper.shape[1])
    cdef View view = View(pose[0], pose[1], pose[2], pose[3], pose[4], max(0, pose[5]), pose[6])
    cdef uint64_t inside = interior[0] | interior[1] << 16 | interior[2] << 32 | 255 << 48
    cdef int row
    if (spans.shape[0] != src.shape[0] or lids.shape[0] != 4 or lids.shape[1] != src.shape[1]
            or seam.shape[0] != src.shape[1] or frame.shape[2] != 3
            or upper.shape[2] != 2 or lower.shape[2] != 2
            or lower.shape[0] != g.rows or lower.shape[1] != g.cols):
        raise ValueError("expected tables and fields that fit the portrait")
    if g.rows < 2 or g.cols < 2 or g.cols > MAX_GRID_WIDTH or not g.inverse > 0 or not view.scale > 0:
        raise ValueError("expected 2 to 512 columns, at least 2 rows, step > 0 and scale > 0")
    view.bottom = min(view.bottom, <int>frame.shape[0])
    with nogil:
        for row in range(view.top, view.bottom):
            warp_row(frame, src, spans, upper, lower, &g, lids, seam, inside, &view, row)


cdef inline float cut_row(const float[:, :, ::1] field, int j, float v, int cols,
                          const float* other, float* out) noexcept nogil:
    """Field along one frame row, between grid rows j and j + 1; return how far it is from `other`, px."""
    cdef int i
    cdef float apart = 0
    cdef const float* p = &field[j, 0, 0]
    cdef const float* q = &field[j + 1, 0, 0]
    for i in range(2 * cols):
        out[i] = p[i] + (q[i] - p[i]) * v
        apart = max(apart, fabsf(out[i] - other[i]))
    return apart


cdef inline void flat_row(uint8_t* out, lanes[:, ::1] src, float x, float y, float step,
                          int columns) noexcept nogil:
    """Draw `columns` px of an unbent row from (x, y) on, `step` portrait px apart."""
    cdef int row, column, xs, width = <int>src.shape[1]
    cdef uint64_t share
    cdef const uint64_t* p
    cdef const uint64_t* q
    y -= 0.5
    row = <int>y
    if y < 0 or row + 1 >= src.shape[0]:
        return
    share = <uint64_t>((y - row) * 256 + 0.5)
    for column in range(columns):
        xs = <int>floorf((x + column * step - 0.5) * 256 + 0.5)
        if 0 <= xs and (xs >> 8) + 1 < width:
            p = &src[row, xs >> 8]
            q = &src[row + 1, xs >> 8]
            lay(out + 3 * column, lerp(lerp(p[0], q[0], share), lerp(p[1], q[1], share), xs & 255))


cdef inline uint64_t mouth(lanes[:, ::1] src, const float[:, ::1] lids, const float[::1] seam,
                           uint64_t inside, View* view, float ux, float uy,
                           float lx, float ly) noexcept nogil:
    """What lies at a point of the face when the lower lip moves apart: lip, inside, or all above the seam."""
    cdef float below = (ly - held(seam, lx)) * view.scale + 0.5
    cdef float above = 0.5 - (uy - held(seam, ux)) * view.scale
    cdef uint64_t seen
    if below >= 1:
        return sample(src, lx, ly)
    below = max(below, <float>0)
    above = min(max(above, <float>0), 1 - below)
    seen = take(src, lids, view.closure, ux, uy)
    if above + below < 1:
        seen = lerp(seen, inside, <uint64_t>((1 - above - below) / (1 - below) * 256))
    if below > 0:
        seen = lerp(seen, sample(src, lx, ly), <uint64_t>(below * 256))
    return seen


cdef void warp_row(uint8_t[:, :, ::1] frame, lanes[:, ::1] src, const int[:, ::1] spans,
                   const float[:, :, ::1] upper, const float[:, :, ::1] lower, Grid* g,
                   const float[:, ::1] lids, const float[::1] seam, uint64_t inside, View* view,
                   int row) noexcept nogil:
    cdef float[2 * MAX_GRID_WIDTH] up
    cdef float[2 * MAX_GRID_WIDTH] low
    cdef float shrink = 1 / view.scale
    cdef float y = (row + 0.5 - view.y) * shrink
    cdef int source_row = <int>floorf(y)
    if source_row < 0 or source_row >= src.shape[0]:
        return
    cdef int first = max(0, <int>(view.x + spans[source_row, 0] * view.scale))
    cdef int last = min(<int>frame.shape[1] - 1, <int>(view.x + (spans[source_row, 1] + 1) * view.scale))
    cdef float v = (y - g.y0) * g.inverse, u, a, x, ux, uy
    cdef bint bent = v >= 0 and v < g.rows - 1, parts
    cdef int j = <int>v if bent else 0
    cdef int column, i
    cdef uint64_t seen
    if not bent:
        if first <= last:
            x = (first + 0.5 - view.x) * shrink
            flat_row(&frame[row, first, 0], src, x, y, shrink, last + 1 - first)
        return
    cut_row(upper, j, v - j, g.cols, up, up)
    parts = view.open and cut_row(lower, j, v - j, g.cols, up, low) > SEAM_PX
    for column in range(first, last + 1):
        x = (column + 0.5 - view.x) * shrink
        u = (x - g.x0) * g.inverse
        if u < 0 or u >= g.cols - 1:
            seen = sample(src, x, y)
        else:
            i = 2 * <int>u
            a = u - <int>u
            ux = x + up[i] + (up[i + 2] - up[i]) * a
            if isnan(ux):  # the head has turned away from here
                continue
            uy = y + up[i + 1] + (up[i + 3] - up[i + 1]) * a
            if parts:
                seen = mouth(src, lids, seam, inside, view, ux, uy,
                             x + low[i] + (low[i + 2] - low[i]) * a,
                             y + low[i + 1] + (low[i + 3] - low[i + 1]) * a)
            else:
                seen = take(src, lids, view.closure, ux, uy)
        lay(&frame[row, column, 0], seen)


cdef inline void lay(uint8_t* out, uint64_t seen) noexcept nogil:
    """Lay a premultiplied colour over three bytes."""
    cdef uint32_t clear = 255 - <uint32_t>(seen >> 48), k
    if clear == 255:
        return
    for k in range(3):
        out[k] = out[k] * clear // 255 if clear else 0
        out[k] = <uint8_t>(out[k] + <uint32_t>(seen >> 16 * k & 255))
