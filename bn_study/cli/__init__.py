"""The command line: parse, hand over, print. One file a command."""

from bn_study.cli.app import main

__all__ = ["main"]
