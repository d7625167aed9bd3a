"""Typing for those who rarely type: digits, pinyin and strokes on keys of our own. Pure; the screen draws it.

    lexicon     characters and words, how often they are used, how they are read and written
    syllables   which letters can be which syllables
    pinyin      letters -> candidates
    strokes     横竖撇点折 -> candidates
    composer    what a person has typed so far, its candidates page by page, and what follows a chosen word

Sources of the tables and their licences stand in tables/SOURCES.md.
"""

from __future__ import annotations

from kiosk_ui.typing.composer import Composer, Method
from kiosk_ui.typing.lexicon import Lexicon, Word

__all__ = ["Composer", "Lexicon", "Method", "Word"]
