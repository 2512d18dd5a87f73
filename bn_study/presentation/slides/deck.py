"""deck.pptx: a story that a lecturer shows as it is, then backup. From the findings alone."""

from __future__ import annotations

from pathlib import Path

from bn_study.presentation.findings import Findings
from bn_study.presentation.slides.backup import backup, limits
from bn_study.presentation.slides.opening import dropout_and_claims, normalization, question, setup
from bn_study.presentation.slides.scene import scene_slides
from bn_study.presentation.slides.slide import Deck
from bn_study.presentation.slides.template import opened


def deck_bytes(found: Findings, template: Path | None = None, images: bytes | None = None) -> bytes:
    """The file's content, on the master of `template` if one is given; `images`: a PNG of training images.

    Raises NotATemplate.
    """
    found = found.in_words
    deck = Deck(opened(template))
    deck.file.core_properties.title = found.study.title[:255]  # the format allows no more
    deck.file.core_properties.author = "bn_study"
    question(deck, found)
    normalization(deck, found)
    dropout_and_claims(deck, found)
    setup(deck, found, images)
    for scene in found.story:
        scene_slides(deck, scene)
    limits(deck, found)
    backup(deck, found)
    return deck.content()
