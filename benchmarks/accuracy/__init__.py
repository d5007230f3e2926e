"""The ruler: how well methods fill in the frames nobody labeled, on real clips with truth."""
