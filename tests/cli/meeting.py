"""Films with a sound track, cut out of one meeting."""

from fractions import Fraction

import av
import numpy as np

RATE_HZ = 16_000


def voices(seconds, seed=3):
    """Sound of somebody who talks in syllables, [N] at `RATE_HZ`, about -1..1."""
    rng = np.random.default_rng(seed)
    syllables = np.clip(rng.standard_normal(round(seconds * 5) + 1), 0, None)
    loud = np.repeat(syllables, RATE_HZ // 5)[: round(seconds * RATE_HZ)]
    return 0.2 * loud * rng.standard_normal(len(loud))


def heard(sound, begin_s, seconds, *, gain=1.0, slow=0.0, seed=4):
    """Hear a part of a sound through a microphone with noise of its own and a clock that is slow."""
    t_s = begin_s + np.arange(round(seconds * RATE_HZ)) / RATE_HZ * (1 + slow)
    noise = 0.02 * np.random.default_rng(seed).standard_normal(len(t_s))
    return gain * np.interp(t_s, np.arange(len(sound)) / RATE_HZ, sound) + noise


def film(path, images, rate, sound=None, *, sound_s=0.0):
    """Write pictures at a rate and, `sound_s` after the first of them, a sound."""
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", rate=Fraction(rate).limit_denominator(1001))
        video.height, video.width = images[0].shape[:2]
        video.pix_fmt = "yuv420p"
        audio = None if sound is None else out.add_stream("aac", rate=RATE_HZ, layout="mono")
        for image in images:
            out.mux(video.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        out.mux(video.encode())
        if audio is not None:
            samples = (np.clip(sound, -1, 1) * 32767).astype(np.int16)
            for start in range(0, len(samples) - 1023, 1024):
                frame = av.AudioFrame.from_ndarray(samples[None, start : start + 1024], "s16", "mono")
                frame.sample_rate, frame.time_base = RATE_HZ, Fraction(1, RATE_HZ)
                frame.pts = start + round(sound_s * RATE_HZ)
                out.mux(audio.encode(frame))
            out.mux(audio.encode())
    return path
