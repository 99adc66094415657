"""Rotated square of an RGB picture -> float tensor: crop, resize and normalise in one pass, no allocation.

Destination pixel (u, v) of an n x m tensor reads the source at

    x = cx + ((u + .5) / n - .5) * side * cos(a) - ((v + .5) / m - .5) * side * sin(a) - .5
    y = cy + ((u + .5) / n - .5) * side * sin(a) + ((v + .5) / m - .5) * side * cos(a) - .5

by bilinear interpolation, where pixel centres lie at integers and pixels outside the picture are 0.
"""

from libc.math cimport ceil, cos, floor, sin

cdef extern from *:
    """
    typedef float f4 __attribute__((vector_size(16)));
    typedef int i4 __attribute__((vector_size(16)));
    typedef unsigned char u16 __attribute__((vector_size(16)));
    typedef unsigned long long u2 __attribute__((vector_size(16)));
    /* Bytes 0 to 3 as floats; spelled as two interleavings, which every baseline vector unit has. */
    static inline f4 mimicry_widen(unsigned long long bytes) {
        const u16 zero = {0};
        u16 v = (u16)(u2){bytes, 0};
        v = __builtin_shufflevector(v, zero, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
        v = __builtin_shufflevector(v, zero, 0, 1, 16, 17, 2, 3, 18, 19, 4, 5, 20, 21, 6, 7, 22, 23);
        return __builtin_convertvector((i4)v, f4);
    }
    /* Bilinear RGB samples along a line; coordinates carry 32 fraction bits. Reads eight bytes of two rows a
       sample, writes one float past the last. A fresh frame lies in memory, not in a cache: asking for the
       rows to come makes the warp four times faster there. */
    static inline void mimicry_line(const unsigned char *image, long row, long long x, long long y,
                                    long long dx, long long dy, float scale, float offset,
                                    float *out, long n) {
        const float bit = 1.0f / 8388608.0f;
        for (long u = 0; u < n; u++, x += dx, y += dy, out += 3) {
            const unsigned char *p = image + (y >> 32) * row + (x >> 32) * 3;
            float fx = (float)(int)((unsigned)x >> 9) * bit, fy = (float)(int)((unsigned)y >> 9) * bit;
            __builtin_prefetch((const void *)((unsigned long)p + 8 * (unsigned long)row));
            unsigned long long upper, lower;
            __builtin_memcpy(&upper, p, 8);
            __builtin_memcpy(&lower, p + row, 8);
            f4 a = mimicry_widen(upper), b = mimicry_widen(upper >> 24);
            f4 c = mimicry_widen(lower), d = mimicry_widen(lower >> 24);
            a += fx * (b - a);
            c += fx * (d - c);
            a += fy * (c - a);
            a = a * scale + offset;
            __builtin_memcpy(out, &a, 16);
        }
    }
    """
    void mimicry_line(const unsigned char *image, long row, long long x, long long y,
                      long long dx, long long dy, float scale, float offset,
                      float *out, long n) noexcept nogil

cdef double ONE = 4294967296.0  # fixed-point coordinates: 32 fraction bits


cdef inline int texel(const unsigned char[:, :, ::1] image, long x, long y, int c) noexcept nogil:
    if x < 0 or y < 0 or x >= image.shape[1] or y >= image.shape[0]:
        return 0
    return image[y, x, c]


cdef inline void border(const unsigned char[:, :, ::1] image, double x, double y,
                        float scale, float offset, float *out) noexcept nogil:
    """One sample near or beyond the border, every texel checked."""
    cdef long ix = <long>floor(x), iy = <long>floor(y)
    cdef float fx = <float>(x - ix), fy = <float>(y - iy)
    cdef float top, low, p
    cdef int c
    if x <= -1 or y <= -1 or x >= image.shape[1] or y >= image.shape[0]:
        out[0] = out[1] = out[2] = offset
        return
    for c in range(3):
        p = texel(image, ix, iy, c)
        top = p + fx * (texel(image, ix + 1, iy, c) - p)
        p = texel(image, ix, iy + 1, c)
        low = p + fx * (texel(image, ix + 1, iy + 1, c) - p)
        out[c] = (top + fy * (low - top)) * scale + offset


cdef inline void narrow(double x0, double dx, double low, double high,
                        long *first, long *last) noexcept nogil:
    """Shrink [first, last) to the u where low <= x0 + u * dx < high holds in spite of rounding."""
    cdef double a, b
    low += 1e-6
    high -= 1e-6
    if dx > 1e-9 or dx < -1e-9:
        a = (low - x0) / dx
        b = (high - x0) / dx
        if a > b:
            a, b = b, a
        a = ceil(a)
        b = floor(b)
        if a > first[0]:
            first[0] = <long>a if a < last[0] else last[0]
        if b < last[0]:
            last[0] = <long>b if b > first[0] else first[0]
    elif x0 < low or x0 >= high:
        last[0] = first[0]


cdef void warp_row(const unsigned char[:, :, ::1] image, double x, double y, double dx, double dy,
                   float scale, float offset, float *out, long n) noexcept nogil:
    """One row of the tensor, starting at (x, y) and stepping by (dx, dy) per pixel."""
    cdef long first = 0, last = n, u
    # The fast sample reads two bytes past its right pixel and writes a float past its last: keep both inside.
    narrow(x, dx, 0.0, <double>image.shape[1] - 2, &first, &last)
    narrow(y, dy, 0.0, <double>image.shape[0] - 1, &first, &last)
    if last == n and n > 0:
        last = n - 1 if n - 1 > first else first
    for u in range(first):
        border(image, x + u * dx, y + u * dy, scale, offset, out + 3 * u)
    mimicry_line(&image[0, 0, 0], image.shape[1] * 3, <long long>((x + first * dx) * ONE),
                 <long long>((y + first * dy) * ONE), <long long>(dx * ONE), <long long>(dy * ONE),
                 scale, offset, out + 3 * first, last - first)
    for u in range(last, n):
        border(image, x + u * dx, y + u * dy, scale, offset, out + 3 * u)


def warp_square(const unsigned char[:, :, ::1] image not None, float[:, :, ::1] out not None,
                double x_px, double y_px, double side_px, double angle_rad,
                float scale=1 / 255.0, float offset=0.0):
    """Fill `out` with the rotated square of `image` around (x_px, y_px), times scale plus offset.

    Parameters
    ----------
    image : uint8 [H, W, 3]
    out : float32 [m, n, 3], written in place
    x_px, y_px : centre of the square, picture pixels, pixel (0, 0) covering 0..1
    side_px : side of the square, picture pixels
    angle_rad : turn of the square, clockwise on the screen, radians

    Raises
    ------
    ValueError : other than 3 channels, an empty array, or a square that is not finite.
    """
    cdef long m = out.shape[0], n = out.shape[1], v
    cdef double co = cos(angle_rad) * side_px, si = sin(angle_rad) * side_px
    cdef double s, left
    if image.shape[2] != 3 or out.shape[2] != 3 or min(image.shape[0], image.shape[1], m, n) < 1:
        raise ValueError(f"expected [H, W, 3], got {image.base.shape} and {out.base.shape} at warp_square")
    if not (-1e7 < x_px < 1e7 and -1e7 < y_px < 1e7 and 0 < side_px < 1e7 and -1e3 < angle_rad < 1e3):
        raise ValueError(f"expected a finite square, got {x_px, y_px, side_px, angle_rad} at warp_square")
    left = 0.5 / n - 0.5
    with nogil:
        for v in range(m):
            s = (v + 0.5) / m - 0.5
            warp_row(image, x_px + left * co - s * si - 0.5, y_px + left * si + s * co - 0.5,
                     co / n, si / n, scale, offset, &out[v, 0, 0], n)
