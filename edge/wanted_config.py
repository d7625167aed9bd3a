"""The wanted configuration of the centre: judged whole, kept on disk, put in force, and what became of it.

Kept as one small file beside the store, never in it. What a wish may say and what it means is `edge.wanted`; here is
which version is in force. A version that was refused is not kept: it is retained by the broker and judged again with
the next connection, perhaps by a newer program.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import Callable
from pathlib import Path

from edge.config import ConfigError
from edge.config_shape import Config
from firmware_profiles.finding import Finding
from sync.contract.envelope import ContractError, decode, encode
from sync.contract.messages import ConfigStatus, WantedConfig
from sync.failpoint import reach

log = logging.getLogger("linli.wanted")

FILE = "wanted.json"
MAX_VERSION = 2**53 - 1
"""What every JSON reader can hold exactly."""

MAX_REASONS = 100
MAX_REASON = 300

Judge = Callable[[object], Config | list[Finding]]
"""The configuration with a wish over it, or every reason why not. May block: it is called in a thread."""

Apply = Callable[[Config], list[str]]
"""Put a configuration in force; the sections that wait for a restart."""


class Wanted:
    """Which version is in force. `status` is None as long as the centre never wished anything."""

    def __init__(self, folder: Path, judge: Judge) -> None:
        self.status: ConfigStatus | None = None
        self.in_force: WantedConfig | None = None
        self._path, self._judge = folder / FILE, judge

    def recall(self) -> Config | None:
        """At the start: what was kept, over the file as it is now; None when there is nothing that can be used."""
        try:
            kept = decode(self._path.read_bytes(), WantedConfig)
        except FileNotFoundError:
            return None
        except (OSError, ContractError) as error:
            log.error("%s cannot be read and is not used: %s", self._path, error)  # noqa: TRY400 - a file, not us
            return None
        judged = self._judged(kept)
        if isinstance(judged, list):
            self._refuse(kept.version, judged)
            return None
        self.in_force = kept
        self.status = ConfigStatus(version=kept.version, accepted=True, in_force=kept.version)
        return judged

    async def take(self, payload: bytes, apply: Apply) -> str | None:
        """What came down; why it was passed over, if it was. Raises ContractError."""
        wish = decode(payload, WantedConfig)
        if not 1 <= wish.version <= MAX_VERSION:
            raise ContractError(f"a version is 1 to {MAX_VERSION}")
        current = self.in_force.version if self.in_force else 0
        if wish.version < current:
            return "wanted configuration older than the one in force"
        if wish == self.in_force:
            self.status = self.status if self._stands(wish) else self._accept(wish, [])
            return None
        if wish.version == current:
            self._refuse(wish.version, ["this version is in force with other values; a change needs a new version"])
            return None
        judged = await asyncio.to_thread(self._judged, wish)
        if isinstance(judged, list):
            self._refuse(wish.version, judged)
            return None
        try:
            await asyncio.to_thread(_write, self._path, encode(wish))
        except OSError as error:
            self._refuse(wish.version, [f"it could not be kept on disk: {error.strerror or error}"])
            return None
        reach("wanted-kept")
        self.in_force = wish
        self.status = self._accept(wish, apply(judged))
        return None

    def _judged(self, wish: WantedConfig) -> Config | list[str]:
        try:
            judged = self._judge(wish.config)
        except ConfigError as error:
            judged = error.findings
        except RecursionError:
            return ["it is nested too deeply"]
        return [_worded(finding) for finding in judged] if isinstance(judged, list) else judged

    def _stands(self, wish: WantedConfig) -> bool:
        return self.status is not None and self.status.accepted and self.status.version == wish.version

    def _accept(self, wish: WantedConfig, waiting: list[str]) -> ConfigStatus:
        log.warning("wanted configuration %d is in force", wish.version)
        reasons = [f"{name}: in force after a restart" for name in waiting]
        return ConfigStatus(version=wish.version, accepted=True, reasons=reasons, in_force=wish.version)

    def _refuse(self, version: int, reasons: list[str]) -> None:
        log.error("wanted configuration %d is refused: %s", version, "; ".join(reasons[:3]))
        said = [reason[:MAX_REASON] for reason in reasons[:MAX_REASONS]]
        if len(reasons) > MAX_REASONS:
            said.append(f"and {len(reasons) - MAX_REASONS} more")
        in_force = self.in_force.version if self.in_force else 0
        self.status = ConfigStatus(version=version, accepted=False, reasons=said, in_force=in_force)


def _worded(finding: Finding) -> str:
    return f"{finding.message} (allowed: {finding.allowed})" if finding.allowed else finding.message


def _write(path: Path, body: bytes) -> None:
    """The old file or the new one, whenever the power goes."""
    fresh = path.with_suffix(".new")
    with fresh.open("wb") as file:
        file.write(json.dumps(json.loads(body), ensure_ascii=False, indent=1).encode())
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
