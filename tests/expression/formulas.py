"""Every channel once more, written out over landmark numbers; imports nothing of the package."""

import numpy as np

RIGHT = {"upper": (159, 158, 160), "lower": (145, 144, 153), "canthi": (33, 133), "inner": 133}
LEFT = {"upper": (386, 385, 387), "lower": (374, 373, 380), "canthi": (263, 362), "inner": 362}
RIGHT |= {"rim": 145, "cheek": 118, "nostril": 129}
LEFT |= {"rim": 374, "cheek": 347, "nostril": 358}


def features(p):
    """Return the features of a mesh [468, 3] by channel; those of eyes and cheeks are means of both sides."""

    def d(a, b):
        return float(np.linalg.norm(p[a] - p[b]))

    def y(landmarks):
        return float(p[list(landmarks), 1].mean())

    def both(one):
        return (one(RIGHT) + one(LEFT)) / 2

    bridge, gap = y((195, 197)), float(np.linalg.norm(p[[55, 107]].mean(axis=0) - p[[285, 336]].mean(axis=0)))
    inner = (y((55, 107)) + y((285, 336))) / 2 - bridge
    width, opening = d(61, 291), d(13, 14)
    elevation = y((61, 291)) - y((13, 14))
    thick = d(0, 13) + d(14, 17)
    forward = float(p[[0, 17], 2].mean() - p[[61, 291], 2].mean())
    return {
        "AU01": inner,
        "AU02": (y((46, 70)) + y((276, 300))) / 2 - bridge,
        "AU04": -inner - gap / 2,
        "AU05": both(lambda eye: y(eye["upper"]) - y(eye["canthi"])),
        "AU06": both(lambda eye: -d(eye["rim"], eye["cheek"])),
        "AU07": both(lambda eye: y(eye["lower"]) - y(eye["canthi"])),
        "AU09": both(lambda eye: -d(eye["nostril"], eye["inner"])),
        "AU10": (y((37, 267)) - y((2,)) - d(0, 2)) / 2,
        "AU12": width + 1.5 * elevation,
        "AU14": width - opening,
        "AU15": -elevation,
        "AU17": -d(17, 152),
        "AU18": forward - width,
        "AU20": width - 1.5 * elevation,
        "AU23": -thick,
        "AU24": -thick - 2 * opening,
        "AU25": opening,
        "AU26": d(2, 152),
    }


def eye_aspect(p):
    """Return the mean eye aspect ratio of Soukupova & Cech over both eyes."""

    def d(a, b):
        return float(np.linalg.norm(p[a] - p[b]))

    right = (d(160, 144) + d(158, 153)) / (2 * d(33, 133))
    left = (d(387, 373) + d(385, 380)) / (2 * d(263, 362))
    return (right + left) / 2
