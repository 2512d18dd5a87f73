"""Texts that people wrote in Markdown, as they are read aloud."""

from __future__ import annotations

import re

LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")


def without_links(text: str) -> str:
    """'[−1.5 epochs](…)' → '−1.5 epochs'; on one line."""
    return " ".join(LINK.sub(r"\1", text).split())
