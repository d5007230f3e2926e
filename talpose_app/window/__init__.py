"""The window: probe, environment, native dialogs, fallbacks; from a started server to a page on the screen."""
