"""Similarity transforms of landmarks: find one, apply one, bring a rigid shape to its normal form."""

from libc.math cimport NAN, asin, atan2, sqrt

cdef enum:
    MAX_ANCHORS = 64


cdef extern from "align.h" nogil:
    double align_similarity(
        const double* a, const double* b, const double* w, Py_ssize_t n, double* R, double* t
    )
    void align_move(
        const double* points, Py_ssize_t n, double s, const double* R, const double* t, double* out
    )


cdef _check(bint holds, str expected):
    if not holds:
        raise ValueError(f"expected {expected}")


def similarity(const double[:, ::1] source not None, const double[:, ::1] target not None,
               const double[::1] weights not None, double[:, ::1] R not None, double[::1] t not None):
    """Find s, R, t minimising sum w |s R a + t - b|^2; see `align.pyi`."""
    cdef Py_ssize_t n = weights.shape[0]
    _check(n > 0 and source.shape[0] == target.shape[0] == n, "as many points as weights at similarity")
    _check(source.shape[1] == target.shape[1] == 3, "points [N, 3] at similarity")
    _check(R.shape[0] == R.shape[1] == t.shape[0] == 3, "R [3, 3] and t [3] at similarity")
    return align_similarity(&source[0, 0], &target[0, 0], &weights[0], n, &R[0, 0], &t[0])


def move(const double[:, ::1] points not None, double s, const double[:, ::1] R not None,
         const double[::1] t not None, double[:, ::1] out not None):
    """Write s R p + t for every point p; see `align.pyi`."""
    _check(points.shape[0] > 0 and points.shape[0] == out.shape[0], "as many points out as in at move")
    _check(points.shape[1] == out.shape[1] == 3, "points [N, 3] at move")
    _check(R.shape[0] == R.shape[1] == t.shape[0] == 3, "R [3, 3] and t [3] at move")
    align_move(&points[0, 0], points.shape[0], s, &R[0, 0], &t[0], &out[0, 0])


def normalise(double[:, ::1] shape not None, const double[:, ::1] template not None,
              const double[::1] weights not None, Py_ssize_t first, Py_ssize_t second, double distance):
    """Scale, turn and move a shape in place onto a template; see `align.pyi`."""
    cdef Py_ssize_t n = weights.shape[0], i
    cdef double R[9]
    cdef double t[3]
    cdef double gap[3]
    cdef int k
    _check(n > 0 and shape.shape[0] == template.shape[0] == n, "as many points as weights at normalise")
    _check(shape.shape[1] == template.shape[1] == 3, "points [N, 3] at normalise")
    _check(0 <= first < n and 0 <= second < n, "the index of a point at normalise")
    for k in range(3):
        gap[k] = shape[first, k] - shape[second, k]
    cdef double length = sqrt(gap[0] * gap[0] + gap[1] * gap[1] + gap[2] * gap[2])
    for i in range(n):
        for k in range(3):
            shape[i, k] = shape[i, k] * (distance / length) if length > 0 else template[i, k]
    align_similarity(&shape[0, 0], &template[0, 0], &weights[0], n, R, t)
    t[:] = [0.0, 0.0, 0.0]
    align_move(&shape[0, 0], n, 1.0, R, t, &shape[0, 0])
    for k in range(3):
        gap[k] = (shape[first, k] + shape[second, k]) / 2
        for i in range(n):
            shape[i, k] -= gap[k]


def lay(const float[:, ::1] points_px not None, const int[::1] anchors not None,
        const double[:, ::1] shape not None, const double[::1] weights not None,
        double[:, ::1] out not None):
    """Lay a mesh in frame pixels onto a shape; return s and the pose; see `align.pyi`."""
    cdef Py_ssize_t n = points_px.shape[0], count = anchors.shape[0], i
    cdef double R[9]
    cdef double t[3]
    cdef double a[3 * MAX_ANCHORS]
    cdef double s, x, y, z
    cdef int k
    _check(0 < count <= MAX_ANCHORS and shape.shape[0] == weights.shape[0] == count, "as many anchors at lay")
    _check(points_px.shape[1] == shape.shape[1] == out.shape[1] == 3, "points [N, 3] at lay")
    _check(out.shape[0] == n, "as many points out as in at lay")
    for i in range(count):
        _check(0 <= anchors[i] < n, "anchors of the mesh at lay")
        for k in range(3):
            a[3 * i + k] = points_px[anchors[i], k] if k == 0 else -points_px[anchors[i], k]
    s = align_similarity(a, &shape[0, 0], &weights[0], count, R, t)
    if not s > 0:
        return 0.0, NAN, NAN, NAN
    for i in range(n):
        x, y, z = points_px[i, 0], -points_px[i, 1], -points_px[i, 2]
        for k in range(3):
            out[i, k] = s * (R[3 * k] * x + R[3 * k + 1] * y + R[3 * k + 2] * z) + t[k]
    # R undoes the head's own turn: roll about z after yaw about y after pitch about x.
    return s, asin(min(1.0, max(-1.0, -R[2]))), atan2(-R[5], R[8]), atan2(R[1], R[0])


def follow(double[:, ::1] shape not None, const double[:, ::1] points not None,
           const int[::1] anchors not None, double gain):
    """Move a shape a share of the way to the anchors of a mesh, in place; see `align.pyi`."""
    cdef Py_ssize_t i
    cdef int k
    _check(shape.shape[0] == anchors.shape[0] and shape.shape[1] == points.shape[1] == 3, "anchors at follow")
    for i in range(anchors.shape[0]):
        _check(0 <= anchors[i] < points.shape[0], "anchors of the mesh at follow")
        for k in range(3):
            shape[i, k] += gain * (points[anchors[i], k] - shape[i, k])
