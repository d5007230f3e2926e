"""The app's end of the engine process: starts it, talks to it, outlives it. Never imports torch."""
