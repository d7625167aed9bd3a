"""The only door to rich in `edge`: tables, progress and live views, imported only where a terminal shows them."""

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, track
from rich.table import Table
from rich.text import Text

__all__ = [
    "BarColumn",
    "Console",
    "DownloadColumn",
    "Group",
    "Live",
    "Progress",
    "Table",
    "Text",
    "TimeRemainingColumn",
    "track",
]
