"""``talpose demo``: the main job on the sample without a display, and the pictures that show it."""
