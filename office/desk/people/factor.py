"""The second factor: time-based codes (TOTP, RFC 6238) of 6 digits, 30 s each. The only door to pyotp.

A code is good in its own step, one before and one after (RFC 6238, 5.2), and each step once: whoever saw a code over
a shoulder cannot use it again.
"""

from __future__ import annotations

from hmac import compare_digest

import pyotp

STEP_S = 30
DIGITS = 6
AROUND = (-1, 0, 1)
"""Steps by which a phone's clock may be off."""


def new_secret() -> str:
    """160 random bits as base32 (RFC 4226, section 4, R6)."""
    return pyotp.random_base32()


def address(secret: str, login: str, office: str) -> str:
    """What the picture for the phone says: `otpauth://totp/...`."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=office)


def step_of(secret: str, code: str, now_s: float, last_step: int) -> int | None:
    """The step in which this code is good, None when it is wrong or its step was used already."""
    sent = "".join(code.split())
    if len(sent) != DIGITS or not (sent.isascii() and sent.isdigit()):
        return None
    for around in AROUND:
        step = int(now_s // STEP_S) + around
        if step > last_step and compare_digest(code_of(secret, step), sent):
            return step
    return None


def code_of(secret: str, step: int) -> str:
    """The code of one step, as the phone shows it."""
    return pyotp.TOTP(secret).generate_otp(step)
