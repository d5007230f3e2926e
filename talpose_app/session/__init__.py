"""One open project: the only writer, its runs, its saving; and the workspace that opens one after another."""
