"""What this gateway holds until the centre has it: one SQLite file behind one thread."""

from sync.store.file import StoreError, StoreLocked
from sync.store.job import Write
from sync.store.outbox import Entry, Row, Track
from sync.store.salvage import Salvage
from sync.store.schema import Migration
from sync.store.store import Store

__all__ = ["Entry", "Migration", "Row", "Salvage", "Store", "StoreError", "StoreLocked", "Track", "Write"]
