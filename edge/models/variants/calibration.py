"""What values the tensors take on pictures of faces: the ranges that fixed eight bits are spread over.

The few largest values of a picture cost every other value resolution, and resolution is what micro-motion
lives on. So a channel's range leaves out the outermost `IN_PICTURE` of its positions in each picture, and
the outermost fifth of the pictures: what lies beyond is clipped, not lost.
"""

from collections.abc import Iterator

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from edge._native.warp import warp_square
from edge.models.variants.equalise import Ranges
from edge.models.variants.graph import Graph

IN_PICTURE, OF_PICTURES = 0.004, 0.8
VARIED_N = 120  # pictures made by augmentation
SHIFT, SCALE, TURN_RAD = 0.03, 0.12, 0.15  # sd: of the side, of its logarithm, of the angle
LIGHT, GREY, TINT = (0.5, 1.3), 15.0, (0.85, 1.15)  # contrast, brightness in grey levels, of each colour
NOISE_SD = (0.0, 3.0, 6.0)  # grey levels

Pictures = NDArray[np.float32]


def ranges(
    graph: Graph, pictures: Pictures, in_picture: float = IN_PICTURE, of_pictures: float = OF_PICTURES
) -> Ranges:
    """Return the range of each channel of each computed tensor on pictures [N, h, w, 3], 0..1.

    With 0 and 1 instead of the measured shares these are the smallest and the largest values.
    """
    content, names = _exposed(graph)
    lows: dict[str, list[Pictures]] = {name: [] for name in names}
    highs: dict[str, list[Pictures]] = {name: [] for name in names}
    for values in _values(content, pictures):
        for name, tensor in zip(names, values, strict=True):
            channels = np.sort(tensor.reshape(-1, tensor.shape[-1]), axis=0)
            out = int(in_picture * len(channels))
            lows[name].append(channels[out])
            highs[name].append(channels[-1 - out])
    return {
        name: (
            np.quantile(np.stack(lows[name]).astype(np.float64), 1 - of_pictures, axis=0),
            np.quantile(np.stack(highs[name]).astype(np.float64), of_pictures, axis=0),
        )
        for name in names
    }


def varied(pictures: Pictures) -> Pictures:
    """Return crops of faces [N, h, w, 3] together with moved, turned, mirrored, lit and noisy ones."""
    rng = np.random.default_rng(0)
    more = [_variation(pictures[i % len(pictures)], rng) for i in range(VARIED_N)]
    return np.concatenate((pictures, np.stack(more)))


def _variation(picture: Pictures, rng: np.random.Generator) -> Pictures:
    side = picture.shape[0]
    view = np.clip(np.rint(255 * picture), 0, 255).astype(np.uint8)[:, :: rng.choice((1, -1))]
    made = np.zeros_like(picture)
    x, y = side * (0.5 + rng.normal(0, SHIFT, 2))
    size, turn = side * np.exp(rng.normal(0, SCALE)), rng.normal(0, TURN_RAD)
    warp_square(np.ascontiguousarray(view), made, x, y, size, turn, 1.0)
    lit = (made * rng.uniform(*LIGHT) + rng.normal(0, GREY)) * rng.uniform(*TINT, 3)
    noisy = lit + rng.normal(0, rng.choice(NOISE_SD), made.shape)
    return (np.clip(noisy, 0, 255) / 255).astype(np.float32)


def _exposed(graph: Graph) -> tuple[bytes, list[str]]:
    """Return the graph's bytes with every computed tensor as an output, and their names."""
    copy = Graph(graph.pack())
    copy.body.outputs = np.array([int(one.outputs[0]) for one in copy.operators], np.int32)
    return copy.pack(), [copy.output(one) for one in copy.operators]


def _values(content: bytes, pictures: Pictures) -> Iterator[list[Pictures]]:
    interpreter = Interpreter(model_content=content, num_threads=1)
    interpreter.allocate_tensors()
    entry = interpreter.get_input_details()[0]["index"]
    outputs = [one["index"] for one in interpreter.get_output_details()]
    for picture in pictures:
        interpreter.set_tensor(entry, picture[None])
        interpreter.invoke()
        yield [interpreter.get_tensor(index) for index in outputs]
