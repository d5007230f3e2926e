"""Names for the arrays that cross rooms, with their axes.

Pixel convention everywhere: x right, y down, the center of the top-left pixel is (0, 0).
Missing is NaN in positions and False in visibility.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: Positions of points, shape (n_frames, n_points, 2), (x, y), float32, image pixels.
Positions = NDArray[np.float32]

#: Whether points can be seen, shape (n_frames, n_points), bool.
VisibilityArray = NDArray[np.bool_]

#: How far positions can be trusted, shape (n_frames, n_points), float32 in [0, 1].
ConfidenceArray = NDArray[np.float32]

#: One video frame, shape (height, width, 3), uint8, RGB.
Frame = NDArray[np.uint8]
