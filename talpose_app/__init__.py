"""TALPose: label keypoints in videos with a point tracker that learns from corrections."""

__version__ = "0.1.0"
