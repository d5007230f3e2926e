"""Files of other programs, in and out. The project's own file is ``store``'s."""
