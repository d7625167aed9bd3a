"""A guide as a page for telephones: plain HTML made here, no script, large type, both languages."""

from __future__ import annotations

from html import escape

from sync.contract.departments import Said
from sync.contract.services import Guide

CARDS = (
    ("who", "谁能办", "Who"),
    ("bring", "带什么", "What to bring"),
    ("where", "去哪办", "Where"),
    ("how_long", "多久", "How long"),
    ("cost", "多少钱", "Cost"),
)

_HEAD = """<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="format-detection" content="telephone=yes">
<title>{title}</title>
<link rel="icon" href="/page/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/page/style.css">
<link rel="stylesheet" href="/page/public/public.css">
</head>
<body>
<main id="public">
"""
_FOOT = "</main>\n</body>\n</html>\n"


def guide(shown: Guide, office: str, hotline: str, form: str = "") -> str:
    """The five cards in their order. `form`: the address of its form; empty: it has none."""
    parts = [_HEAD.format(title=escape(shown.title.zh)), f"<h1>{_said(shown.title)}</h1>\n"]
    for name, zh, en in CARDS:
        card = getattr(shown, name)
        parts.append(f'<section><h2>{zh} <span lang="en">{en}</span></h2>\n<p>{_said(card.text)}</p></section>\n')
    if form:
        words = '下载表格 <span lang="en">The form</span>'
        parts.append(f'<p><a class="button" href="{escape(form)}">{words}</a></p>\n')
    call = f' <a href="tel:{escape(hotline)}">{escape(hotline)}</a>' if hotline else ""
    parts.append(f'<p class="soft">{escape(office)}{call}</p>\n')
    return "".join(parts) + _FOOT


def gone(office: str) -> str:
    """It was taken back, or the address is none of ours."""
    title = "这一页已经没有了"
    text = "办事指南可能已经更新,请到信息机上重新查看,或拨打街道电话。"
    english = "This page is no more. Please look at a kiosk again, or call the office."
    body = f'<h1>{title}</h1>\n<p>{text}</p>\n<p lang="en">{english}</p>\n<p class="soft">{escape(office)}</p>\n'
    return _HEAD.format(title=title) + body + _FOOT


def _said(text: Said) -> str:
    zh = escape(text.zh).replace("\n", "<br>")
    english = f'<br><span lang="en">{escape(text.en)}</span>'.replace("\n", "<br>") if text.en else ""
    return zh + english
