"""The command line: puts the parts together, reads arguments, prints results. Contract: ``docs/cli.md``."""
