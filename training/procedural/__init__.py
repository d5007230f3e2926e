"""Procedural video with exact truth: textures, motion, articulated animals, scenes, clips."""
