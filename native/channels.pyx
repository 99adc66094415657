"""One sample through the channels of one person: low-pass, calibration, activity; the swings of speech."""

from libc.math cimport NAN, cos, exp, isfinite, isnan, sin, sqrt
from libc.stdint cimport int64_t


def lowpass(const double[::1] u not None, int64_t t_ns, double w, double gap_s, double[::1] last not None,
            double[::1] y not None, double[::1] v not None, int64_t[::1] last_ns not None,
            double[::1] out not None):
    """Advance y'' + sqrt(2) w y' + w^2 y = w^2 u to `t_ns`; see `channels.pyi`."""
    cdef Py_ssize_t c, n = u.shape[0]
    cdef double known_s = -1, step_s, a = 0, b = 0, g = 0, h = 0, slope, behind, y0, v0
    cdef double k = w / sqrt(2.0), delay = sqrt(2.0) / w
    if not (last.shape[0] == y.shape[0] == v.shape[0] == last_ns.shape[0] == out.shape[0] == n):
        raise ValueError(f"expected six arrays [{n}] at lowpass")
    for c in range(n):
        out[c] = NAN
        if not isfinite(u[c]):
            continue
        step_s = (t_ns - last_ns[c]) / 1e9
        if not isfinite(y[c]) or step_s > gap_s or step_s <= 0:
            y[c] = u[c]
            v[c] = 0
        else:
            if step_s != known_s:  # entries of exp(A step_s), A = [[0, 1], [-w^2, -sqrt(2) w]]
                known_s = step_s
                a = exp(-k * step_s) * (cos(k * step_s) + sin(k * step_s))
                b = exp(-k * step_s) * sin(k * step_s) / k
                g = -2 * k * exp(-k * step_s) * sin(k * step_s)
                h = exp(-k * step_s) * (cos(k * step_s) - sin(k * step_s))
            # On a ramp the steady answer is the ramp delayed by sqrt(2) / w; what differs decays freely.
            slope = (u[c] - last[c]) / step_s
            behind = delay * slope
            y0 = y[c] - (last[c] - behind)
            v0 = v[c] - slope
            y[c] = u[c] - behind + a * y0 + b * v0
            v[c] = slope + g * y0 + h * v0
        last[c] = u[c]
        last_ns[c] = t_ns
        out[c] = y[c]


def glide(double[::1] base not None, double[::1] scale not None, const double[::1] aim_base not None,
          const double[::1] aim_scale not None, double share):
    """Move base and scale a share of the way to their aims, in place; see `channels.pyi`."""
    cdef Py_ssize_t c, n = base.shape[0]
    if not (scale.shape[0] == aim_base.shape[0] == aim_scale.shape[0] == n):
        raise ValueError(f"expected four arrays [{n}] at glide")
    for c in range(n):
        if isnan(base[c]) or isnan(scale[c]):
            base[c] = aim_base[c]
            scale[c] = aim_scale[c]
        else:
            base[c] += share * (aim_base[c] - base[c])
            scale[c] += share * (aim_scale[c] - scale[c])


def activity(const double[::1] y not None, const double[::1] median not None,
             const double[::1] scale not None, const unsigned char[::1] active not None):
    """Root mean square of max((y - median) / scale, 0) over the active channels that are measurable."""
    cdef Py_ssize_t c, n = 0, channels = y.shape[0]
    cdef double total = 0, u
    if not (median.shape[0] == scale.shape[0] == active.shape[0] == channels):
        raise ValueError(f"expected four arrays [{channels}] at activity")
    for c in range(channels):
        u = (y[c] - median[c]) / scale[c]
        if active[c] and isfinite(u):
            n += 1
            total += max(u, 0.0) ** 2
    return sqrt(total / n) if n else 0.0


def swings(list values not None, double reach):
    """Count the monotone swings of at least `reach` between turning points."""
    cdef int count = 0, direction = 0
    cdef double value, low = NAN, high = NAN
    for value in values:
        if isnan(low):
            low = high = value
        low, high = min(low, value), max(high, value)
        if direction <= 0 and value - low >= reach:
            count, direction, high = count + 1, 1, value
        elif direction >= 0 and high - value >= reach:
            count, direction, low = count + 1, -1, value
    return count
