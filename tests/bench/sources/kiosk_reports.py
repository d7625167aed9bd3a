"""A kiosk that sends reports with a photo and a voice, one after the other; killed at any moment, it goes on.

    python -m tests.bench.sources.kiosk_reports API FOLDER FIRST COUNT

What it sends is written into FOLDER before, and `done-N` after the gateway said that it has it: whoever begins again
sends the same report with the same key, as the screen does while it is not answered.
"""

from __future__ import annotations

import hashlib
import io
import json
import random
import sys
import time
import wave
from pathlib import Path

from PIL import Image

from kiosk_ui.local import Api
from sync.contract.case_number import mint
from sync.contract.envelope import ContractError
from sync.unix_http import Unreachable

AGAIN_S = 0.2
KEPT = 201
VOICE_HZ, VOICE_S = 16_000, 3


def report(folder: Path, n: int) -> dict[str, str]:
    """Its number and key, the same after a kill."""
    path = folder / f"report-{n}.json"
    if not path.exists():
        new = path.with_suffix(".new")
        new.write_text(json.dumps({"number": mint(), "key": hashlib.sha256(f"report {n}".encode()).hexdigest()[:32]}))
        new.replace(path)
    found: dict[str, str] = json.loads(path.read_text())
    return found


def photo(n: int) -> bytes:
    """A picture that is no other's, and the same after a kill."""
    noise = random.Random(n).randbytes(320 * 240)
    Image.frombytes("L", (320, 240), noise).convert("RGB").save(out := io.BytesIO(), "JPEG", quality=80)
    return out.getvalue()


def voice(n: int) -> bytes:
    """A tone that is no other's."""
    with wave.open(out := io.BytesIO(), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(VOICE_HZ)
        period = 20 + n
        one = b"".join(((k % period) * 60).to_bytes(2, "little", signed=True) for k in range(period))
        file.writeframes((one * (VOICE_HZ * VOICE_S // period + 1))[: 2 * VOICE_HZ * VOICE_S])
    return out.getvalue()


def send(api: Api, folder: Path, n: int) -> None:
    """Files first, then the form that names them; again from the beginning until it is kept."""
    mine = report(folder, n)
    form = {"number": mine["number"], "kind": "road", "words": f"第 {n} 件", "pole": "YS-0108"}
    while True:
        try:
            hashes = []
            for content in (photo(n), voice(n)):
                status, body = api.send("PUT", "blob", content)
                if status == KEPT:
                    hashes.append(json.loads(body)["sha256"])
            message = {"kind": "report", "form": form, "blobs": hashes}
            if len(hashes) == 2 and api.send("POST", "events", message, mine["key"]).status == KEPT:
                (folder / f"done-{n}").touch()
                return
        except (Unreachable, ContractError):
            pass
        time.sleep(AGAIN_S)


def main() -> None:
    """Those that are not yet done."""
    api, folder = Api(Path(sys.argv[1])), Path(sys.argv[2])
    for n in range(int(sys.argv[3]), int(sys.argv[3]) + int(sys.argv[4])):
        if not (folder / f"done-{n}").exists():
            send(api, folder, n)


if __name__ == "__main__":
    main()
