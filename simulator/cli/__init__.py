"""The command line: one small file a command, each imported only when it is called."""

from simulator.cli.main import main

__all__ = ["main"]
