"""Text from outside (names in archives and folders, YAML, what a child printed), made safe to show."""

from __future__ import annotations

import unicodedata

_JOINERS = "\u200c\u200d"  # within words of some scripts, and within emoji: they draw nothing and turn nothing round


def visible(text: str) -> str:
    r"""The text on one line, with escapes for all that steers a terminal or turns the reading order round.

    Control characters (line feeds too), bidirectional overrides, halves of characters and what has no meaning
    yet become `\x1b`, `\n`, `\u202e`, `\udc80`. Spaces of any width stay. Safe to apply twice.
    """
    return text if text.isprintable() else "".join(map(_visible, text))


def visible_lines(text: str) -> str:
    """As `visible`, for a text of several lines: line feeds stay."""
    return "\n".join(map(visible, text.split("\n")))


def one_line(text: str) -> str:
    """As `visible`, with spaces and line ends as one space each: for a message in a table or a log."""
    return visible(" ".join(text.split()))


def cut(text: str, longest: int = 1_000) -> str:
    """At most so many characters; of a longer text the beginning and the end, which hold the place and the reason."""
    if len(text) <= longest:
        return text
    half = (longest - 3) // 2
    return f"{text[:half]} … {text[-half:]}"


def _visible(character: str) -> str:
    if character.isprintable() or character in _JOINERS or unicodedata.category(character) == "Zs":
        return character
    return character.encode("unicode_escape", "surrogatepass").decode()
