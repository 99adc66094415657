"""MediaPipe's attention mesh on single faces, run by the interpreter of its own environment.

Reads pictures of one size from the standard input, raw RGB; answers each with 478 landmarks, x, y, z in
widths of the picture as little-endian float32, NaN where no face is found. The package cannot be imported.
"""

import importlib
import sys

SIDE_PX = 384
POINTS_N = 478


def main() -> None:
    """Answer every picture until the input ends; each is searched by itself, without memory."""
    np = importlib.import_module("numpy")
    module = importlib.import_module("mediapipe.python.solutions.face_mesh")
    mesh = module.FaceMesh(static_image_mode=True, max_num_faces=1, refine_landmarks=True)
    while picture := sys.stdin.buffer.read(3 * SIDE_PX**2):
        image = np.frombuffer(picture, np.uint8).reshape(SIDE_PX, SIDE_PX, 3)
        points = np.full((POINTS_N, 3), np.nan, "<f4")
        for face in mesh.process(image).multi_face_landmarks or ():
            points[:] = [(one.x, one.y, one.z) for one in face.landmark]
        sys.stdout.buffer.write(points.tobytes())
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
