"""At which quality of service a signal of a call travels.

A broker keeps what goes at QoS 1 to a client that is away, also in its file: mosquitto was seen to hold a signal there
after its ten seconds were over. So what carries a session description, and with it addresses, or a credential of the
relay goes at QoS 0, which is kept for nobody. Everything else stays at QoS 1: its acknowledgements tell both ends that
the line lives.
"""

from __future__ import annotations

KEPT_FOR_NOBODY = (b'"sdp"', b'"credential"')
"""Fields of `Offer`, `Answer` and `IceServer`. Found elsewhere they cost nothing but the acknowledgement."""


def call_qos(payload: bytes) -> int:
    """Of that signal, as it is sent."""
    return 0 if any(field in payload for field in KEPT_FOR_NOBODY) else 1
