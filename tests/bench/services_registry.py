"""The figures of the kiosk's services and their goals."""

from __future__ import annotations

from tests.bench.figure import Figure, Scenario
from tests.bench.measures import services_content, services_notice, services_reports, services_typing

S, MB, PERCENT, COUNT = "s", "MB", "%", "reports"

SERVICES = (
    Scenario(
        "services.submissions",
        "200 reports made without a line, gateway and kiosk killed twelve times each",
        services_reports.two_hundred,
        (
            Figure("services.submissions_200_lost", COUNT, 0, "reports that are no case at the desk"),
            Figure("services.submissions_200_doubled", COUNT, 0, "reports that are more than one case"),
            Figure("services.submissions_200_without_file", COUNT, 0, "cases without their own photo and voice"),
            Figure("services.submissions_200_made", S, None, "until the gateway had all of them on its disk"),
            Figure("services.submissions_200_sent", S, None, "from the line's return to the last file at the desk"),
        ),
    ),
    Scenario(
        "services.content",
        "5,000 items and 2 GB of media, the gateway killed half way",
        services_content.live,
        (
            Figure(
                "services.content_live",
                S,
                10,
                "last byte of the download to a kiosk that shows the version, 2 GB of media",
                quick="services.content_live_200_mb",
            ),
            Figure("services.content_download", "MB/s", None, "of media from publishing on, with the kill", "higher"),
            Figure("services.content_lost_at_cut", MB, 0, "of the download gone after kill -9 half way"),
            Figure("services.content_memory", MB, 40, "resident memory of the gateway more, the most of it"),
            Figure("services.content_broken_shown", "times", 0, "something a kiosk read was no whole version"),
        ),
    ),
    Scenario(
        "services.typing",
        "500 office, street and place words",
        services_typing.words,
        (
            Figure("services.typing_pinyin", PERCENT, 95, "by pinyin on the first page of candidates", "higher"),
            Figure("services.typing_strokes", PERCENT, 95, "by five strokes of each character", "higher"),
            Figure("services.typing_pinyin_bare", PERCENT, None, "by pinyin without the office's word list", "higher"),
            Figure("services.typing_strokes_bare", PERCENT, None, "by strokes without it", "higher"),
        ),
    ),
    Scenario(
        "services.notice",
        "an emergency notice is released",
        services_notice.shown,
        (
            Figure("services.notice_shown_p50", S, None, "second person's click to the picture on the kiosk"),
            Figure("services.notice_shown_p95", S, 2, "the same, 95th percentile"),
        ),
    ),
)
