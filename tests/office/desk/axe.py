"""WCAG 2.2 A and AA as far as a machine can tell: axe-core on the page as it stands."""

from __future__ import annotations

from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Page

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


async def accessible(page: Page) -> None:
    """Fails with everything that axe found."""
    found = await Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()
