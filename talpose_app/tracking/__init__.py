"""How points become tracks, on arrays, without torch: the tracker port and what surrounds it."""
