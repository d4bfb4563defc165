"""Synthetic digits, 28x28 grey values in a byte: polylines under a random affine map. No picture of any data set."""

import numpy as np

SIDE = 28
# Strokes in a unit box, x to the right and y downwards.
SKELETONS = {
    0: [[(0.5, 0.1), (0.8, 0.3), (0.8, 0.7), (0.5, 0.9), (0.2, 0.7), (0.2, 0.3), (0.5, 0.1)]],
    1: [[(0.35, 0.25), (0.52, 0.1), (0.52, 0.9)]],
    2: [[(0.2, 0.3), (0.45, 0.1), (0.75, 0.25), (0.7, 0.5), (0.2, 0.9), (0.8, 0.9)]],
    3: [[(0.2, 0.15), (0.7, 0.15), (0.45, 0.45), (0.75, 0.65), (0.55, 0.9), (0.2, 0.85)]],
    4: [[(0.65, 0.9), (0.65, 0.1), (0.2, 0.6), (0.85, 0.6)]],
    5: [[(0.75, 0.1), (0.3, 0.1), (0.25, 0.45), (0.65, 0.45), (0.75, 0.7), (0.5, 0.9), (0.2, 0.85)]],
    6: [[(0.65, 0.1), (0.3, 0.45), (0.25, 0.75), (0.5, 0.9), (0.75, 0.7), (0.5, 0.5), (0.27, 0.65)]],
    7: [[(0.2, 0.1), (0.8, 0.1), (0.4, 0.9)]],
    8: [[(0.5, 0.5), (0.25, 0.3), (0.5, 0.1), (0.75, 0.3), (0.5, 0.5), (0.22, 0.72), (0.5, 0.9), (0.78, 0.72), (0.5, 0.5)]],
    9: [[(0.72, 0.35), (0.5, 0.5), (0.25, 0.3), (0.5, 0.1), (0.72, 0.35), (0.6, 0.9)]],
}


def draw(random, digit):
    """One picture of a digit: distance to the nearest stroke, turned into ink, with a little noise."""
    turn, scale, slant = random.uniform(-0.2, 0.2), random.uniform(0.6, 0.75, 2), random.uniform(-0.2, 0.2)
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) @ np.array([[1, slant], [0, 1]])
    centre = SIDE / 2 + random.uniform(-1.5, 1.5, 2)
    rows, columns = np.mgrid[0:SIDE, 0:SIDE] + 0.5
    pixels = np.stack([columns, rows], axis=-1)
    distance = np.full((SIDE, SIDE), np.inf)
    for stroke in SKELETONS[digit]:
        points = ((np.array(stroke) - 0.5) * scale * SIDE) @ matrix.T + centre
        for start, end in zip(points, points[1:]):
            distance = np.minimum(distance, segment_distance(pixels, start, end))
    ink = np.clip(random.uniform(1.3, 1.9) - distance, 0, 1) * random.uniform(200, 255)
    ink += np.where(ink > 0, random.normal(0, 6, ink.shape), 0)
    return np.clip(np.rint(ink), 0, 255).astype(np.uint8).reshape(-1)


def segment_distance(pixels, start, end):
    along = end - start
    share = np.clip(((pixels - start) @ along) / (along @ along), 0, 1)
    return np.linalg.norm(pixels - (start + share[..., None] * along), axis=-1)


def batch(random, count):
    """Pictures and labels in a random order; every digit occurs when count is at least ten."""
    labels = random.permutation(np.concatenate([np.arange(10), random.integers(0, 10, max(0, count - 10))])[:count])
    return np.stack([draw(random, int(label)) for label in labels]), labels.astype(np.int64)
