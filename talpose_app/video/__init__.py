"""Frame-exact access to videos: frame N is the N-th frame of a sequential decode."""
