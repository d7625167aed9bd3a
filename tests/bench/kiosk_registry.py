"""The kiosk's figures and their goals."""

from __future__ import annotations

from tests.bench.figure import Figure, Scenario
from tests.bench.measures import kiosk_crawl, kiosk_screen

MS, S, MB, FOUND = "ms", "s", "MB", "findings"

KIOSK = (
    Scenario(
        "kiosk.start",
        "the screen starts, offscreen",
        kiosk_screen.start,
        (
            Figure("kiosk.start", S, 0.8, "start of the program to its first usable screen, median"),
            Figure("kiosk.start_cpu", S, None, "the same as work of the processor, whoever else has some"),
            Figure("kiosk.memory", MB, 250, "resident memory of the screen without a call"),
        ),
    ),
    Scenario(
        "kiosk.taps",
        "10,000 taps all over the screens, offscreen",
        kiosk_screen.taps,
        (
            Figure("kiosk.tap_p95", MS, 50, "finger on the glass to the first picture that shows it, 95th percentile"),
            Figure("kiosk.tap_max", MS, 100, "the same, the slowest of all"),
            Figure("kiosk.tap_cpu_max", MS, None, "the slowest of all as work of the processor"),
            Figure("kiosk.page_cpu_p95", MS, None, "the same of another screen, 95th percentile"),
            Figure("kiosk.page_p95", MS, None, "finger lifted to the first picture of another screen, 95th percentile"),
            Figure(
                "kiosk.growth",
                MB,
                5,
                "resident memory more after 10,000 taps, after warm-up",
                quick="kiosk.growth_1000_taps",
            ),
        ),
    ),
    Scenario(
        "kiosk.crawl",
        "every control touched, every picture measured in every look, size and language, lists of 0, 1 and 500",
        kiosk_crawl.whole,
        (
            Figure("kiosk.crawl_findings", FOUND, 0, "what breaks a limit", quick="kiosk.crawl_first_findings"),
            Figure("kiosk.crawl_pictures", "pictures", None, "measured", "higher", quick="kiosk.crawl_first_pictures"),
            Figure("kiosk.crawl_taps", "taps", None, "that led on", "higher", quick="kiosk.crawl_first_taps"),
            Figure(
                "kiosk.crawl_pressed",
                "controls",
                None,
                "seen under a finger, each in every look",
                "higher",
                quick="kiosk.crawl_first_pressed",
            ),
        ),
    ),
)
