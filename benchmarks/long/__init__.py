"""How TRACK's time and memory grow with the length of a video and the number of keypoints."""
