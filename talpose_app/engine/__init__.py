"""The engine process: everything that needs torch, reached only through its process."""
