"""Movements from 468 landmarks by a geometry of its own: nothing here knows the product's features.

Every mesh is laid onto the head's own mean shape by a similarity transform (Umeyama 1991) of points on the
bridge of the nose and around the eyes; one unit is the distance between the outer canthi over 8.89.
"""

import numpy as np

RIGID = np.array([168, 6, 197, 195, 5, 33, 263, 133, 362, 127, 356])
OUTER = (33, 263)
UNIT = 8.89
FRONTAL_DEG, SHAPES_N = 15.0, 3


def umeyama(a, b):
    """Return scale, rotation and shift that lay points a onto b with least squares, [n, 3] each."""
    x, y = a - a.mean(axis=0), b - b.mean(axis=0)
    u, d, v = np.linalg.svd(y.T @ x)
    sign = np.array([1.0, 1.0, np.sign(np.linalg.det(u @ v))])
    turn = (u * sign) @ v
    scale = float((d * sign).sum() / (x**2).sum())
    return scale, turn, b.mean(axis=0) - scale * turn @ a.mean(axis=0)


def laid(meshes, yaw_deg):
    """Lay meshes [F, 468+, 3] (y up, z to the camera) onto the mean shape of their near-frontal ones."""
    frontal = np.abs(yaw_deg) <= max(FRONTAL_DEG, float(np.quantile(np.abs(yaw_deg), 0.2)))
    shape = meshes[frontal][0, RIGID]
    size = np.linalg.norm(meshes[frontal][0, OUTER[0]] - meshes[frontal][0, OUTER[1]])
    shape = (shape - shape.mean(axis=0)) * UNIT / size
    for _ in range(SHAPES_N):
        on = np.stack([_onto(mesh, shape) for mesh in meshes])
        shape = on[frontal][:, RIGID].mean(axis=0)
    return on


def _onto(mesh, shape):
    scale, turn, shift = umeyama(mesh[RIGID], shape)
    return scale * mesh @ turn.T + shift


def movements(p):
    """Return each movement as a series [F] from laid meshes [F, 468+, 3]; all rise with what they name."""

    def height(above, below):
        return p[:, above, 1].mean(axis=1) - p[:, below, 1].mean(axis=1)

    def far(a, b):
        return np.linalg.norm(p[:, a] - p[:, b], axis=1)

    def aspect(*around):
        """Two heights of an eye over its width, from six points once around it."""
        a, b, c, d, e, f = around
        return (far(b, f) + far(c, e)) / (2 * far(a, d))

    nose, canthi, mouth = [6, 197, 195], [33, 133, 263, 362], [13, 14]
    eye = aspect(33, 160, 158, 133, 153, 144) + aspect(263, 387, 385, 362, 380, 373)
    return {
        "AU01": height([55, 107, 285, 336], nose),
        "AU02": height([46, 70, 276, 300], nose),
        "AU05": height([159, 386], canthi),
        "AU07": height([145, 374], canthi),
        "AU10": height([0, 37, 267], [2]),
        "AU12": far(61, 291) + 1.5 * height([61, 291], mouth),
        "AU25": far(13, 14),
        "AU26": far(2, 152),
        "AU45": 1 - eye / np.median(eye),
    }
