"""How good the line is, in the word that the screen says."""

from __future__ import annotations

from collections.abc import Collection

from sync.contract.call_screen import Good
from sync.contract.call_signals import Quality

FAIR_LOSS, POOR_LOSS = 0.03, 0.10
FAIR_RTT_MS, POOR_RTT_MS = 300.0, 700.0


def line_word(ends: Collection[Quality]) -> Good:
    """Of what each end receives; the worse end counts."""
    loss = max((quality.loss for quality in ends), default=0.0)
    rtt_ms = max((quality.rtt_ms for quality in ends), default=0.0)
    if loss >= POOR_LOSS or rtt_ms >= POOR_RTT_MS or any(quality.sound_only for quality in ends):
        return Good.POOR
    return Good.FAIR if loss >= FAIR_LOSS or rtt_ms >= FAIR_RTT_MS else Good.GOOD
