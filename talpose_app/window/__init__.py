"""The window: probe, environment, native dialogs, fallbacks; from a served address to a page on screen."""
