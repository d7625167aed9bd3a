"""The documentation leads somewhere, says the same in both languages, and the tree names nobody's own machine."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from firmware_profiles.loader import load_profiles
from tests.docs.pages import ROOT, tracked

PAGES = tracked("*.md")
LINK = re.compile(r"(?<!\\)\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)

SOMEBODYS_FOLDER = re.compile(r"(?<![\w./-])/(?:work|home|root|Users|opt(?!/linli\b))/\w+")
HOST = re.compile(r"https?://([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+)")
PUBLIC = {
    *(
        "github.com",
        "www.sqlite.org",
        "www.rfc-editor.org",
        "json-schema.org",
        "keepachangelog.com",
        "semver.org",
        "www.apache.org",
        "www.w3.org",
    ),
    *("localhost", "127.0.0.1", "192.0.2.1", "example.org", "centre.example.org"),
}
"""Hosts the tree may name: standards, licences, and what is reserved for examples."""


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def anchors(page: Path) -> set[str]:
    """Headings as links reach them."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ +(.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_relative_link_leads_to_a_file_and_its_heading(page: Path) -> None:
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    wrong = []
    for target in LINK.findall(text):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        path = (page.parent / file).resolve() if file else page
        if not path.exists() or not path.is_relative_to(ROOT) or (anchor and anchor not in anchors(path)):
            wrong.append(target)
    assert wrong == []


def test_both_readmes_lead_to_the_same_pages_and_name_the_same_profiles() -> None:
    english, chinese = ((ROOT / f).read_text(encoding="utf-8") for f in ("README.md", "README.zh-CN.md"))

    assert set(LINK.findall(english)) - {"README.zh-CN.md"} == set(LINK.findall(chinese)) - {"README.md"}
    assert len(re.findall(r"^\|", english, re.MULTILINE)) == len(re.findall(r"^\|", chinese, re.MULTILINE))
    named = [
        set(re.findall(r"`([a-z0-9-]+)`", "".join(re.findall(r"^\|.*", r, re.MULTILINE)))) for r in (english, chinese)
    ]
    assert named[0] == named[1] <= set(load_profiles())


def test_every_decision_is_in_the_table_of_decisions() -> None:
    folder = ROOT / "docs" / "decisions"
    table = (folder / "README.md").read_text(encoding="utf-8")

    assert [path.name for path in sorted(folder.glob("0*.md")) if f"]({path.name})" not in table] == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_nothing_on_a_page_is_for_later_readers_only(page: Path) -> None:
    assert not re.search(r"\b(?:TODO|FIXME|TBD|XXX)\b", page.read_text(encoding="utf-8"))


def _is_public(host: str) -> bool:
    return host in PUBLIC or host.endswith(".example")  # RFC 2606


def test_the_tree_names_no_folder_and_no_host_of_its_makers() -> None:
    wrong = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        wrong += [f"{name(path)}: {found[0]}" for found in SOMEBODYS_FOLDER.finditer(text)]
        wrong += [f"{name(path)}: {host}" for host in HOST.findall(text) if not _is_public(host)]
    assert wrong == []
