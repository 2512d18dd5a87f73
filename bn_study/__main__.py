"""`python -m bn_study` is `bn-study`."""

import sys

# `python -m` puts the current folder first: a random.py that lies there would be taken for Python's own.
if not sys.flags.safe_path:
    del sys.path[0]

from bn_study.cli import main

main()
