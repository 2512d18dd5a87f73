"""The command line: parse, hand over, print. One file a command."""

import os
import sys

# An empty entry in PYTHONPATH (`PYTHONPATH=$PYTHONPATH:more` makes one) means the current folder: a random.py that lies
# there would be taken for Python's own.
if "" in os.environ.get("PYTHONPATH", "none").split(os.pathsep) and os.getcwd() in sys.path:
    sys.path.remove(os.getcwd())

from bn_study.cli.app import main

__all__ = ["main"]
