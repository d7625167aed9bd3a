"""Writing with keys of our own: ready phrases, pinyin, strokes, digits, letters. No Qt.

    keys = Keys(kiosk)
    keys.purpose("report-words", "report.words_title", done, phrases=...)
    flow.show(Place(Screen.WRITE, "report-words"))
    keys.text("report-words")

What is written lives in the session. Other keys leave what stands; what was not chosen yet is dropped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kiosk_ui.keys_lexicon import NEWS, PlaceWords
from kiosk_ui.keys_view import PHRASES, keys_view
from kiosk_ui.keys_visit import KeysVisit
from kiosk_ui.kiosk import Kiosk
from kiosk_ui.leads import Screen
from kiosk_ui.scene import Scene
from kiosk_ui.screens import Shows
from kiosk_ui.typing import Composer, Lexicon, Method
from kiosk_ui.typing.composer import MOST_TEXT
from kiosk_ui.view import View
from kiosk_ui.words import Words

STEPS = 60
"""More candidates than this nobody chooses at the end."""
Done = Callable[[float], None]
Phrases = Callable[[Words], list[str]]


def no_phrases(_words: Words) -> list[str]:
    """Where nothing is said often."""
    return []


@dataclass(frozen=True, slots=True)
class Purpose:
    """What is written, and what follows."""

    title: str
    done: Done
    most: int
    phrases: Phrases


class Keys:
    """Registers the screen and its keys at a kiosk."""

    def __init__(self, kiosk: Kiosk) -> None:
        self._kiosk, self._flow = kiosk, kiosk.flow
        self._lexicon = Lexicon((), ())
        self._purposes: dict[str, Purpose] = {}
        self._place = PlaceWords(kiosk.box)
        self.ready = False
        """The tables are loaded: pinyin and strokes find something."""
        kiosk.screens[Screen.WRITE] = Shows("Keys", self._view)
        kiosk.hears[NEWS] = self._loaded
        kiosk.ticks.append(self._tick)
        self._flow.deeds |= {
            "key": self._key,
            "keys-back": self._back,
            "keys-put": self._put,
            "keys-choose": self._choose,
            "keys-more": lambda _argument, _at: self._composer.next_page(),
            "keys-method": self._use,
            "keys-phrase": self._phrase,
            "keys-clear": lambda _argument, _at: self._composer.wipe(),
            "keys-done": self._done,
        }

    # --- who wants something written

    def purpose(
        self, name: str, title: str, done: Done, *, most: int = MOST_TEXT, phrases: Phrases = no_phrases
    ) -> None:
        """`title` is a key of the words; `done` is called when they are, and leads on."""
        self._purposes[name] = Purpose(title, done, most, phrases)

    def text(self, name: str) -> str:
        """What stands."""
        composer = self._visit.texts.get(name)
        return composer.text.strip() if composer is not None else ""

    def forget(self, name: str) -> None:
        """It is sent, or nobody wants it any more."""
        self._visit.texts.pop(name, None)

    # --- what is shown

    @property
    def _visit(self) -> KeysVisit:
        return self._flow.session.keys

    @property
    def _composer(self) -> Composer:
        name = self._flow.place.subject
        if name not in self._visit.texts:
            self._visit.texts[name] = Composer(self._lexicon, most=self._purpose.most)
        return self._visit.texts[name]

    @property
    def _purpose(self) -> Purpose:
        return self._purposes.get(self._flow.place.subject) or Purpose("keys.title", lambda _at: None, 60, no_phrases)

    def _method(self, words: Words) -> str:
        if self._visit.method:
            return self._visit.method
        usual = Method.LETTERS if words.language == "en" else Method.PINYIN
        return PHRASES if self._purpose.phrases(words) else usual

    def _view(self, scene: Scene) -> View:
        purpose, words = self._purpose, scene.words
        method = self._method(words)
        self._keys_of(method)
        return keys_view(
            scene, words.say(purpose.title), self._composer, method, purpose.phrases(words), ready=self.ready
        )

    def _keys_of(self, method: str) -> None:
        if method not in (PHRASES, self._composer.method):
            self._composer.use(Method(method))

    # --- keys

    def _key(self, key: str, _at: float) -> None:
        if len(key) == 1:
            self._composer.key(key)

    def _back(self, _argument: str, _at: float) -> None:
        self._composer.back()

    def _put(self, sign: str, _at: float) -> None:
        if sign in ("，", "。", "-"):
            self._choose_first()
            self._composer.phrase(sign)

    def _choose(self, number: str, _at: float) -> None:
        if number.isascii() and number.isdecimal():
            self._composer.choose(int(number[:3]))

    def _use(self, method: str, _at: float) -> None:
        if method == PHRASES or method in set(Method):
            self._visit.method = method
            self._flow.session.page = 0
            self._composer.open = ""
            self._composer.use(Method(method) if method != PHRASES else self._composer.method)

    def _phrase(self, number: str, _at: float) -> None:
        phrases = self._purpose.phrases(Words(self._flow.session.language))
        if number.isascii() and number.isdecimal() and int(number[:3]) < len(phrases):
            text, composer = phrases[int(number[:3])], self._composer
            between = "，" if composer.text and composer.text[-1] not in "，。 " else ""
            composer.phrase(between + text)

    def _done(self, _argument: str, at: float) -> None:
        self._choose_first()
        self._purpose.done(at)

    def _choose_first(self) -> None:
        """What is still open becomes what it most likely means."""
        composer = self._composer
        for _ in range(STEPS):
            if not (composer.open and composer.shown):
                break
            composer.choose(0)

    # --- the tables

    def _loaded(self, news: object, _at: float) -> None:
        if not isinstance(news, Lexicon):
            return
        self._lexicon, self.ready = news, True
        self._place.added(news)
        for name, old in list(self._visit.texts.items()):
            most = self._purposes[name].most if name in self._purposes else MOST_TEXT
            made = self._visit.texts[name] = Composer(news, old.method, most)
            made.text = old.text

    def _tick(self, _at: float) -> None:
        """New words of the place are learnt while nobody is here: it takes a tenth of a second."""
        if self.ready and self._flow.at_home and not self._flow.session.touched:
            self._place.added(self._lexicon)
