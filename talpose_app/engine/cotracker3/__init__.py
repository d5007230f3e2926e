"""CoTracker3, from its published description: network, checkpoints, windows, published optimization."""
