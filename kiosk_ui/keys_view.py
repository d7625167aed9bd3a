"""What the keys are: rows of them for each way of writing, as data, and the candidates above them."""

from __future__ import annotations

from kiosk_ui.scene import Scene
from kiosk_ui.typing import Composer, Method
from kiosk_ui.view import Row, Value, View
from kiosk_ui.words import Words

PHRASES = "phrases"
METHODS = (PHRASES, Method.PINYIN, Method.STROKES, Method.DIGITS, Method.LETTERS)
PHRASES_A_PAGE = 8
LITTLE_ROOM = 12
"""Characters of a row of candidates on a small glass."""

STROKES = ("一", "丨", "丿", "丶", "乛")
QWERTY = "qwertyuiopasdfghjkl<zxcvbnm"
"""As on a telephone; `<` takes back."""
ALPHABET = "abcdefghijklmnopqrstuvwxyz"
"""Where ten keys of 15 mm have no room beside each other."""


def keys_view(scene: Scene, title: str, composer: Composer, method: str, phrases: list[str], *, ready: bool) -> View:
    """`texts` hold what stands, `rows` the keys."""
    words = scene.words
    say = words.say
    needs = method in (Method.PINYIN, Method.STROKES)
    if not scene.theme.tall:
        composer.room = LITTLE_ROOM
    columns, rows = _keys(scene, words, method, phrases)
    ways = [one for one in METHODS if one != PHRASES or phrases]
    pages = max(1, -(-len(phrases) // PHRASES_A_PAGE)) if method == PHRASES else 1
    texts: dict[str, Value] = {
        "text": composer.text,
        "open": _open(composer) if needs else "",
        "hint": _hint(words, method, composer, ready=ready)
        or ("" if scene.theme.tall or composer.text or composer.open else title),
        "candidates": composer.shown if needs else [],
        "upper": composer.upper,
        "more": composer.more or composer.turned,
        "choosing": needs,
        "columns": columns,
        "method": str(method),
        "methods": [str(one) for one in ways],
        "methodsSaid": [say(f"keys.{one}") for one in ways],
        "done": say("keys.done"),
        "page": min(scene.flow.session.page, pages - 1),
        "pages": pages,
        "pageSaid": say("bar.page", n=min(scene.flow.session.page, pages - 1) + 1, of=pages) if pages > 1 else "",
    }
    return View(title if scene.theme.tall else "", texts, tuple(rows))


def _hint(words: Words, method: str, composer: Composer, *, ready: bool) -> str:
    if method in (Method.PINYIN, Method.STROKES) and not ready:
        return words.say("keys.loading")
    return "" if composer.text or composer.open else words.say(f"keys.hint_{method}")


def _open(composer: Composer) -> str:
    if composer.method is Method.STROKES:
        return "".join(STROKES[int(key) - 1] if key in "12345" else "　" for key in composer.open)
    return composer.open


def _keys(scene: Scene, words: Words, method: str, phrases: list[str]) -> tuple[int, list[Row]]:
    match method:
        case Method.STROKES:
            return 4, _strokes(words)
        case Method.DIGITS:
            digits = [_key(digit) for digit in "123456789"]
            return 3, [*digits, _back(words), _key("0"), Row("keys-put", "-", "-")]
        case Method.PINYIN | Method.LETTERS:
            return _letters(scene, words, method)
        case _:
            first = min(scene.flow.session.page, (len(phrases) - 1) // PHRASES_A_PAGE) * PHRASES_A_PAGE
            shown = list(enumerate(phrases))[first : first + PHRASES_A_PAGE]
            return 2, [Row("keys-phrase", str(n), text) for n, text in shown]


def _letters(scene: Scene, words: Words, method: str) -> tuple[int, list[Row]]:
    end = [_key("'"), Row("keys-put", "，", "，"), Row("keys-put", "。", "。")]
    if method == Method.LETTERS:
        end = [_key(","), _key("."), Row("key", " ", "", said=words.say("keys.space"), art="space")]
    if scene.theme.tall:
        return 10, [*(_back(words) if sign == "<" else _key(sign) for sign in QWERTY), *end]
    return 7, [*(_key(sign) for sign in ALPHABET), end[-1] if method == Method.LETTERS else end[0], _back(words)]


def _strokes(words: Words) -> list[Row]:
    say = words.say
    names = ("heng", "shu", "pie", "dian", "zhe")
    strokes = [Row("key", str(n), STROKES[n - 1], say(f"keys.{name}")) for n, name in enumerate(names, 1)]
    return [*strokes, Row("key", " ", say("keys.next_character")), _back(words), Row("keys-put", "。", "。")]


def _key(sign: str) -> Row:
    return Row("key", sign, sign)


def _back(words: Words) -> Row:
    return Row("keys-back", "", "", said=words.say("bar.erase"), art="erase")
