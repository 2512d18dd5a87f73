"""`python -m bn_study` is `bn-study`."""

from bn_study.cli import main

main()
