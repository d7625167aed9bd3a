"""What the kiosk offers in a call, leg by leg, and whether a page has answered. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from sync.contract.call import WrongStepError
from sync.contract.call_signals import Offer


@dataclass(slots=True)
class Offered:
    """The newest offer. `answered`: a page answered it."""

    leg: int
    sdp: str
    answered: bool = False


class Offers:
    """Of one call."""

    def __init__(self) -> None:
        self.newest: Offered | None = None
        self.leg = 0
        """The kiosk's last; 0: not known yet, as when the desk was started anew."""
        self.owed = False
        """A new leg is needed once it is known which one is dead."""

    @property
    def open(self) -> Offered | None:
        """The offer that nobody has answered."""
        return None if self.newest is None or self.newest.answered else self.newest

    def came(self, offer: Offer) -> None:
        """One more. Raises WrongStepError."""
        if self.newest is not None and offer.leg <= self.newest.leg:
            raise WrongStepError("this leg was offered before")
        self.newest, self.leg = Offered(offer.leg, offer.sdp), offer.leg

    def answer(self, leg: int) -> None:
        """A page answers that leg, once. Raises WrongStepError."""
        if self.open is None or self.open.leg != leg:
            raise WrongStepError("nothing to answer")
        self.open.answered = True

    def forget(self) -> None:
        """Whoever comes next needs another."""
        self.newest = None

    def lives_on(self, leg: int) -> bool:
        """The kiosk says on which leg it is; whether the new leg that was owed can be asked for now."""
        self.leg = max(self.leg, leg)
        due = self.owed and bool(self.leg)
        self.owed = self.owed and not due
        return due
