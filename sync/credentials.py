"""Files that systemd hands over in memory (systemd.exec(5), `LoadCredential=`).

A private key lies in /etc readable by root alone; a service gets a copy in `$CREDENTIALS_DIRECTORY`, which nobody else
can read. The configuration names the file in /etc, so that `linli check` of root and the service read the same words.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

DIRECTORY = "CREDENTIALS_DIRECTORY"


def handed_over(path: str, environ: Mapping[str, str] = os.environ) -> str:
    """The file of the same name that was handed over; the path itself where there is none."""
    folder = environ.get(DIRECTORY)
    if not folder:
        return path
    copy = Path(folder) / Path(path).name
    return str(copy) if copy.is_file() else path
