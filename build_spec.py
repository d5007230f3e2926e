"""Build the standalone executable: `python build_spec.py`. See docs/packaging.md."""

from bundle.command import main

if __name__ == "__main__":
    main()
