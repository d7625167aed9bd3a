"""Report a problem, or complain about a shop: what, where, how it looks or sounds, and a number to follow it by. No Qt.

    report = Report(kiosk, keys, sending, asking, printing, recorder)

Nothing is asked that is not needed: place, words, voice, photo and telephone may all be left out. Whoever changes
something in the summary comes back to it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from kiosk_ui import report_view
from kiosk_ui.asked import Reply
from kiosk_ui.asking import Asking
from kiosk_ui.kiosk import Kiosk
from kiosk_ui.leads import Place, Screen
from kiosk_ui.outgoing import Letter, State
from kiosk_ui.recorder import LONGEST_S, NEWS, Kind, Recorder, RecorderSeen, Taken
from kiosk_ui.report_poles import LONGEST, Poles
from kiosk_ui.report_view import PLACE, WORDS
from kiosk_ui.report_visit import ReportVisit
from kiosk_ui.screens import Shows
from kiosk_ui.sending import Sending
from kiosk_ui.slip import Printing, slip
from kiosk_ui.words import Words
from sync.contract import case_number
from sync.contract.slip import Slip

if TYPE_CHECKING:
    from kiosk_ui.keys import Keys

KIND, COMPLAINT = "report", "complaint"
SHORTEST_PHONE, LONGEST_PHONE = 7, 12
HOLD, HEARING = "recording", "hearing"
"""Why the idle clock stands still, and why nothing is read aloud meanwhile."""
TAP_S = 0.6
"""Let go sooner, it was a tap: it goes on until the next one."""
LINK_AGAIN_S, LINK_TRIES = 2.0, 6
"""The case is there a moment after its report; then the link is there too."""


class Report:
    """Registers the screens of a report and what their controls do."""

    def __init__(
        self, kiosk: Kiosk, keys: Keys, sending: Sending, asking: Asking, printing: Printing, recorder: Recorder
    ) -> None:
        self.recorder = recorder
        self.mint: Callable[[], str] = case_number.mint
        self._kiosk, self._flow, self._keys = kiosk, kiosk.flow, keys
        self._sending, self._asking = sending, asking
        self._seen = RecorderSeen()
        self._looking = self._hearing_ended = False
        keys.purpose(WORDS, "report.words_title", self._written, phrases=self._phrases)
        keys.purpose(PLACE, "report.place_title", self._placed_in_words, most=60)
        printing.offer(Screen.REPORT_SENT, self._slip)
        kiosk.hears[NEWS] = self._heard_recorder
        kiosk.ticks.append(self._tick)
        self._flow.on_show.append(self._shown)
        self._flow.on_end.append(self._ended)
        self._flow.on_touch.append(self._touched)
        self._register()

    def _register(self) -> None:
        view = report_view
        self._kiosk.screens |= {
            Screen.REPORT: Shows("Choices", view.kinds),
            Screen.REPORT_POLE: Shows("KeysPad", lambda scene: view.pole(scene, self._visit, self._poles)),
            Screen.REPORT_NEAR: Shows("Choices", lambda scene: view.near(scene, self._poles)),
            Screen.REPORT_TELL: Shows("Choices", lambda scene: view.tell(scene, self._visit, self._seen, self._words)),
            Screen.REPORT_VOICE: Shows("ReportVoice", lambda scene: view.voice(scene, self._visit, self._seen)),
            Screen.REPORT_PHOTO: Shows("ReportPhoto", lambda scene: view.photo(scene, self._visit, self._seen)),
            Screen.REPORT_PHONE: Shows("KeysPad", lambda scene: view.phone(scene, self._visit)),
            Screen.REPORT_CHECK: Shows(
                "Choices", lambda scene: view.check(scene, self._visit, self._poles, self._words)
            ),
            Screen.REPORT_SENT: Shows("SlipPage", lambda scene: view.sent(scene, self._visit)),
        }
        self._flow.deeds |= {
            "report-kind": self._kind,
            "complain": self._complain,
            "report-digit": self._digit,
            "report-erase": self._erase,
            "report-pole": self._pole,
            "report-near-pole": self._near_pole,
            "report-say-place": lambda _argument, _at: self._flow.show(Place(Screen.WRITE, PLACE)),
            "report-no-place": self._no_place,
            "report-next": lambda _argument, _at: self._go(Screen.REPORT_PHONE),
            "report-phone": self._phone,
            "report-no-phone": self._no_phone,
            "report-change": self._change,
            "report-send": self._send,
            "report-without": self._without,
            "report-leave": self._leave,
            "voice-down": self._voice_down,
            "voice-up": self._voice_up,
            "voice-play": lambda _argument, _at: self._play(),
            "voice-drop": self._voice_drop,
            "photo-snap": self._snap,
            "photo-drop": self._photo_drop,
        }

    @property
    def _visit(self) -> ReportVisit:
        return self._flow.session.report

    @property
    def _poles(self) -> Poles:
        return self._kiosk.box.poles

    @property
    def _words(self) -> str:
        return self._keys.text(WORDS)

    # --- steps

    def _go(self, screen: Screen) -> None:
        """On, or back to the summary for who has seen it."""
        self._flow.show(Place(Screen.REPORT_CHECK if self._visit.checked else screen))

    def _shown(self, place: Place, _at: float) -> None:
        if place.screen is Screen.REPORT and (self._visit.letter is not None or self._visit.merchant):
            self._anew()
        self._visit.said = ""
        if place.screen is Screen.REPORT_CHECK:
            self._visit.checked = True
        elif place.screen is Screen.REPORT_PHOTO:
            self._looking = self.recorder.look(on=True)

    def _anew(self) -> None:
        """The last one is kept, or nobody wants it any more."""
        self._flow.session.report = ReportVisit()
        self._flow.session.slip.said = ""
        for name in (WORDS, PLACE):
            self._keys.forget(name)

    def _complain(self, merchant: str, _at: float) -> None:
        """What was begun about another shop is not said of this one."""
        if merchant not in self._kiosk.box.contents.newest.merchants:
            return
        if self._visit.merchant != merchant or self._visit.letter is not None:
            self._anew()
        self._visit.merchant = merchant
        self._flow.show(Place(Screen.REPORT_TELL))

    def _kind(self, kind: str, _at: float) -> None:
        self._visit.kind = kind[:40]
        self._go(Screen.REPORT_POLE)

    def _digit(self, digit: str, _at: float) -> None:
        if len(digit) != 1 or not (digit.isascii() and digit.isdecimal()):
            return
        visit = self._visit
        visit.said = ""
        if self._flow.place.screen is Screen.REPORT_POLE:
            visit.typed = (visit.typed + digit)[:LONGEST]
        else:
            visit.phone = (visit.phone + digit)[:LONGEST_PHONE]

    def _erase(self, _argument: str, _at: float) -> None:
        visit = self._visit
        visit.said = ""
        if self._flow.place.screen is Screen.REPORT_POLE:
            visit.typed = visit.typed[:-1]
        else:
            visit.phone = visit.phone[:-1]

    def _pole(self, _argument: str, _at: float) -> None:
        found = self._poles.typed(self._visit.typed)
        if len(found) == 1:
            self._placed(found[0].number)
        elif found:
            self._flow.show(Place(Screen.REPORT_NEAR, self._visit.typed))
        elif self._poles.by_number:
            self._visit.said = "report.pole_unknown"
        else:  # a box that knows no poles yet passes the number on as it is
            self._placed(self._visit.typed)

    def _near_pole(self, number: str, _at: float) -> None:
        if number in self._poles.by_number:
            self._placed(number)

    def _placed(self, pole: str = "", words: str = "") -> None:
        visit = self._visit
        visit.pole, visit.place_words, visit.unplaced = pole, words, not (pole or words)
        self._go(Screen.REPORT_TELL)

    def _no_place(self, _argument: str, _at: float) -> None:
        self._placed()

    def _placed_in_words(self, _at: float) -> None:
        if text := self._keys.text(PLACE):
            self._placed(words=text)

    def _written(self, _at: float) -> None:
        self._go(Screen.REPORT_TELL)

    def _phone(self, _argument: str, _at: float) -> None:
        if len(self._visit.phone) < SHORTEST_PHONE:
            self._visit.said = "report.phone_short"
        else:
            self._flow.show(Place(Screen.REPORT_CHECK))

    def _no_phone(self, _argument: str, _at: float) -> None:
        self._visit.phone = ""
        self._flow.show(Place(Screen.REPORT_CHECK))

    def _change(self, what: str, _at: float) -> None:
        where = {
            "kind": Place(Screen.REPORT),
            "place": Place(Screen.REPORT_POLE),
            "words": Place(Screen.WRITE, WORDS),
            "voice": Place(Screen.REPORT_VOICE if self._seen.voice else Screen.REPORT_TELL),
            "photo": Place(Screen.REPORT_PHOTO if self._seen.photo else Screen.REPORT_TELL),
            "phone": Place(Screen.REPORT_PHONE),
        }.get(what)
        if where is not None:
            self._flow.show(where)

    def _phrases(self, words: Words) -> list[str]:
        """What is mostly said of that kind of problem."""
        key = f"phrases_{'complaint' if self._visit.merchant else self._visit.kind}"
        return words.all["report"].get(key, words.say("report.phrases_other")).split("|")

    # --- voice and photo

    def _voice_down(self, _argument: str, at: float) -> None:
        visit = self._visit
        if visit.began_at is not None:
            if visit.latched:
                self._stop(at)
            return
        if self.recorder.record(on=True):
            visit.began_at = visit.pressed_at = at
            visit.latched, visit.said = False, ""
            self._flow.holds.add(HOLD)
        else:
            visit.said = "report.voice_trouble"

    def _voice_up(self, _argument: str, at: float) -> None:
        visit = self._visit
        if visit.began_at is None or visit.latched:
            return
        if at - visit.pressed_at < TAP_S:
            visit.latched = True
        else:
            self._stop(at)

    def _stop(self, at: float) -> None:
        visit = self._visit
        if visit.began_at is not None:
            visit.voice_s = min(LONGEST_S, at - visit.began_at)
        visit.began_at, visit.latched = None, False
        self._flow.holds.discard(HOLD)
        self.recorder.record(on=False)

    def _play(self) -> None:
        """From its beginning; while it is heard the touch has silenced it already."""
        if self._hearing_ended:
            return
        if self._visit.has_voice and not self.recorder.play(on=True):
            self._visit.said = "report.voice_trouble"

    def _touched(self, _at: float) -> None:
        """A finger silences at once, wherever it is."""
        self._hearing_ended = self._seen.playing
        if self._seen.playing:
            self.recorder.play(on=False)

    def _voice_drop(self, _argument: str, _at: float) -> None:
        self._visit.drop_voice()
        self.recorder.forget(Kind.VOICE)

    def _snap(self, _argument: str, _at: float) -> None:
        if not self.recorder.snap():
            self._visit.said = "report.photo_trouble"

    def _photo_drop(self, _argument: str, _at: float) -> None:
        self._visit.drop_photo()
        self.recorder.forget(Kind.PHOTO)
        self._visit.said = ""
        self._looking = self.recorder.look(on=True)

    def _heard_recorder(self, news: object, _at: float) -> None:
        visit = self._visit
        if isinstance(news, RecorderSeen):
            self._seen = news
            self._flow.holds.add(HEARING) if news.playing else self._flow.holds.discard(HEARING)
        elif isinstance(news, Taken) and self._flow.has(Screen.REPORT_TELL):
            if news.kind is Kind.VOICE:
                visit.began_at, visit.latched = None, False
                self._flow.holds.discard(HOLD)
            if not (news.content or news.hash):
                visit.said = f"report.{news.kind}_trouble"
            elif news.kind is Kind.VOICE:
                visit.voice, visit.voice_hash, visit.voice_s = news.content, news.hash, news.seconds or visit.voice_s
            else:
                visit.photo, visit.photo_hash, visit.said = news.content, news.hash, ""

    # --- sending

    def _send(self, _argument: str, at: float) -> None:
        visit = self._visit
        if visit.letter is None or visit.letter.state in (State.OPEN, State.REFUSED):
            visit.number = visit.number or self.mint()
            taken = ((visit.photo, visit.photo_hash), (visit.voice, visit.voice_hash))
            files = [content for content, name in taken if content and not name]
            kind = COMPLAINT if visit.merchant else KIND
            visit.letter = Letter(kind, self._form(), files, hashes=[name for _, name in taken if name])
        self._flow.show(Place(Screen.REPORT_SENT))
        self._sending.send(visit.letter, at, self._kept)

    def _form(self) -> dict[str, object]:
        visit = self._visit
        form = {"number": visit.number, "words": self._words, "phone": visit.phone, **self._about(visit)}
        return {name: value for name, value in form.items() if value}

    def _about(self, visit: ReportVisit) -> dict[str, str]:
        """The shop, or what is wrong and where."""
        if visit.merchant:
            return {"merchant": visit.merchant, "place_words": report_view.shop(self._kiosk.box.contents, visit)}
        near = self._kiosk.box.settings.place if visit.unplaced else ""
        return {"kind": visit.kind, "pole": visit.pole, "place_words": visit.place_words, "near": near}

    def _kept(self, letter: Letter, at: float) -> None:
        visit = self._visit
        if visit.letter is letter and letter.state is State.KEPT:
            visit.phone = ""
            visit.drop_voice()
            visit.drop_photo()
            for kind in Kind:
                self.recorder.forget(kind)
            self._keys.forget(WORDS)
            visit.link_at = at if letter.id else None

    def _without(self, _argument: str, at: float) -> None:
        if self._visit.letter is not None:
            self._sending.without_files(self._visit.letter, at)

    def _leave(self, _argument: str, _at: float) -> None:
        """Only what was refused can be changed; what is under way is sent on while this person is here."""
        letter = self._visit.letter
        if letter is not None and letter.state is State.REFUSED:
            self._flow.back()
        else:
            self._flow.home()

    def _tick(self, at: float) -> None:
        visit = self._visit
        if visit.began_at is not None and (
            at - visit.began_at >= LONGEST_S or self._flow.place.screen is not Screen.REPORT_VOICE
        ):
            self._stop(at)
        if self._looking and (self._flow.place.screen is not Screen.REPORT_PHOTO or visit.photo):
            self._looking = False
            self.recorder.look(on=False)
        if visit.link_at is not None and at >= visit.link_at and visit.letter is not None:
            visit.link_at = None
            if self._kiosk.box.online:
                self._asking.ask("slip-link", {"id": visit.letter.id}, self._linked)

    def _linked(self, reply: Reply, at: float) -> None:
        visit = self._visit
        visit.link_tries += 1
        if reply.done and reply.text("link"):
            visit.link = reply.text("link")
        elif visit.link_tries < LINK_TRIES:
            visit.link_at = at + LINK_AGAIN_S

    def _slip(self, words: Words) -> Slip | None:
        visit = self._visit
        if visit.letter is None or visit.letter.state is not State.KEPT:
            return None
        lines = [words.say("slip.report"), words.say("slip.ask_here")]
        return slip(words.say("slip.head_report"), case_number.shown(visit.number), lines, report_view.code(visit))

    def _ended(self) -> None:
        if HOLD in self._flow.holds:
            self._flow.holds.discard(HOLD)
            self.recorder.record(on=False)
        self._flow.holds.discard(HEARING)
        if self._seen.playing:
            self.recorder.play(on=False)
        if self._looking:
            self._looking = False
            self.recorder.look(on=False)
