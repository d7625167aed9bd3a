"""Which addresses this machine has: a call whose network changed is dialled anew."""

from sync.addresses import addresses

__all__ = ["addresses"]
