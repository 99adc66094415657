/* Weighted similarity transform between two sets of points (Horn 1987: unit quaternions). Points are rows x, y, z. */
#ifndef MIMICRY_ALIGN_H
#define MIMICRY_ALIGN_H

#include <math.h>
#include <stddef.h>

#define ALIGN_SWEEPS 32 /* Jacobi converges quadratically: six are usual */
#define ALIGN_POINT 1e-20 /* of the squared distance to the origin: a spread below is one point and rounding */

/* Rotate rows and columns p, q of the symmetric A so that A[p][q] vanishes; V collects the rotations. */
static inline void align_rotate(double A[4][4], double V[4][4], int p, int q)
{
    double theta = (A[q][q] - A[p][p]) / (2 * A[p][q]);
    double t = copysign(1.0, theta) / (fabs(theta) + sqrt(theta * theta + 1));
    double c = 1 / sqrt(t * t + 1), s = t * c;
    for (int k = 0; k < 4; k++) {
        double kp = A[k][p], kq = A[k][q], vp = V[k][p], vq = V[k][q];
        A[k][p] = c * kp - s * kq;
        A[k][q] = s * kp + c * kq;
        V[k][p] = c * vp - s * vq;
        V[k][q] = s * vp + c * vq;
    }
    for (int k = 0; k < 4; k++) {
        double pk = A[p][k], qk = A[q][k];
        A[p][k] = c * pk - s * qk;
        A[q][k] = s * pk + c * qk;
    }
    A[p][q] = A[q][p] = 0; /* rounding would keep it above the limit, and the sweeps going */
}

/* Largest eigenvalue of a symmetric matrix, which is destroyed, and its unit vector (cyclic Jacobi). */
static double align_largest(double A[4][4], double vector[4])
{
    double V[4][4] = {{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}};
    for (int sweep = 0; sweep < ALIGN_SWEEPS; sweep++) {
        double beside = 0, all = 0;
        for (int p = 0; p < 4; p++)
            for (int q = 0; q < 4; q++) {
                all += A[p][q] * A[p][q];
                beside += p == q ? 0 : A[p][q] * A[p][q];
            }
        if (!(beside > 1e-40 * all))
            break;
        for (int p = 0; p < 3; p++)
            for (int q = p + 1; q < 4; q++)
                if (A[p][q] != 0)
                    align_rotate(A, V, p, q);
    }
    int best = 0;
    for (int k = 1; k < 4; k++)
        best = A[k][k] > A[best][best] ? k : best;
    for (int k = 0; k < 4; k++)
        vector[k] = V[k][best];
    return A[best][best];
}

/* s, R, t minimising sum w |s R a + t - b|^2; R is proper. Returns s: 0 for a source that is one point or not finite. */
static double align_similarity(const double *a, const double *b, const double *w, ptrdiff_t n, double *R, double *t)
{
    double weight = 0, ma[3] = {0}, mb[3] = {0}, S[3][3] = {{0}}, variance = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        weight += w[i];
        for (int k = 0; k < 3; k++) {
            ma[k] += w[i] * a[3 * i + k];
            mb[k] += w[i] * b[3 * i + k];
        }
    }
    for (int k = 0; k < 3; k++) {
        ma[k] /= weight;
        mb[k] /= weight;
    }
    for (ptrdiff_t i = 0; i < n; i++)
        for (int k = 0; k < 3; k++) {
            double ak = w[i] * (a[3 * i + k] - ma[k]);
            variance += ak * (a[3 * i + k] - ma[k]);
            for (int l = 0; l < 3; l++)
                S[k][l] += ak * (b[3 * i + l] - mb[l]);
        }
    double N[4][4] = {
        {S[0][0] + S[1][1] + S[2][2], S[1][2] - S[2][1], S[2][0] - S[0][2], S[0][1] - S[1][0]},
        {S[1][2] - S[2][1], S[0][0] - S[1][1] - S[2][2], S[0][1] + S[1][0], S[2][0] + S[0][2]},
        {S[2][0] - S[0][2], S[0][1] + S[1][0], S[1][1] - S[0][0] - S[2][2], S[1][2] + S[2][1]},
        {S[0][1] - S[1][0], S[2][0] + S[0][2], S[1][2] + S[2][1], S[2][2] - S[0][0] - S[1][1]},
    };
    double q[4], largest = align_largest(N, q);
    double far = ma[0] * ma[0] + ma[1] * ma[1] + ma[2] * ma[2];
    double s = variance > ALIGN_POINT * weight * far ? largest / variance : 0;
    double rotation[9] = {
        q[0] * q[0] + q[1] * q[1] - q[2] * q[2] - q[3] * q[3], 2 * (q[1] * q[2] - q[0] * q[3]),
        2 * (q[1] * q[3] + q[0] * q[2]),
        2 * (q[1] * q[2] + q[0] * q[3]), q[0] * q[0] - q[1] * q[1] + q[2] * q[2] - q[3] * q[3],
        2 * (q[2] * q[3] - q[0] * q[1]),
        2 * (q[1] * q[3] - q[0] * q[2]), 2 * (q[2] * q[3] + q[0] * q[1]),
        q[0] * q[0] - q[1] * q[1] - q[2] * q[2] + q[3] * q[3],
    };
    for (int k = 0; k < 3; k++) {
        for (int l = 0; l < 3; l++)
            R[3 * k + l] = rotation[3 * k + l];
        t[k] = mb[k] - s * (R[3 * k] * ma[0] + R[3 * k + 1] * ma[1] + R[3 * k + 2] * ma[2]);
    }
    return s;
}

/* out = s R p + t for every point; `out` may be `points`. */
static void align_move(const double *points, ptrdiff_t n, double s, const double *R, const double *t, double *out)
{
    for (ptrdiff_t i = 0; i < n; i++) {
        double x = s * points[3 * i], y = s * points[3 * i + 1], z = s * points[3 * i + 2];
        for (int k = 0; k < 3; k++)
            out[3 * i + k] = R[3 * k] * x + R[3 * k + 1] * y + R[3 * k + 2] * z + t[k];
    }
}

#endif
