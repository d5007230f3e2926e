"""The instant answer to a label: how much better it makes the track, and how soon it is there."""
