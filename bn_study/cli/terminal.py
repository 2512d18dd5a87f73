"""What is said to the user, and where."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import typer
from rich.console import Console


def terminal() -> Console:
    """As wide as the terminal; 120 columns elsewhere, so that tables in a pipe keep their lines."""
    console = Console()
    return console if console.is_terminal or "COLUMNS" in os.environ else Console(width=120)


def fail(message: str, code: int) -> NoReturn:
    """Say why, on standard error, and end the command with this exit code."""
    print(message, file=sys.stderr)
    raise typer.Exit(code)
