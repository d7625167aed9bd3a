"""A dossier as a file to hand over: a ZIP with JSON for programs, a page for people, a CSV for each list. Pure."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import datetime
from html import escape
from pathlib import Path
from zoneinfo import ZoneInfo

from office.desk.register.csv_table import written
from office.desk.register.dossier import Dossier
from office.desk.register.dossier_work import Rows
from sync.contract.envelope import encode

ZONE = ZoneInfo("Asia/Shanghai")
TITLES = {
    "devices": "设备 Devices",
    "alarms": "报警 Alarms",
    "alarm_steps": "处置步骤 Steps",
    "alarm_notes": "处置记录 Notes",
    "alarm_promises": "答应到场 Promises",
    "cases": "案件 Cases",
    "case_history": "案件办理记录 History of cases",
    "case_evaluations": "公众评价 Evaluations",
    "errands": "请去看望的人 Errands",
    "errand_words": "看望情况 What was found",
    "files": "图片和录音 Files",
    "camera_looks": "查看摄像头记录 Camera looks",
    "audit": "登记操作记录 Audit",
}


def packed(dossier: Dossier, at: int, folder: Callable[[str], Path]) -> bytes:
    """The whole file. `folder` says where a kept file lies; one that is gone meanwhile is left out."""
    sections = {"devices": _devices(dossier), **dossier.sections}
    whole = {
        "made_at": _time(at),
        "person": dossier.person.person,
        "address": dossier.person.levels,
        "pole": dossier.person.pole,
        "notes": dossier.secrets.notes,
        "contacts": dossier.secrets.contacts,
        **sections,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("person.json", json.dumps(json.loads(encode(whole)), ensure_ascii=False, indent=1))
        file.writestr("person.html", _page(dossier, sections, at))
        for name, rows in sections.items():
            if rows:
                file.writestr(f"{name}.csv", written([*rows[0]], ([*map(_shown, row, row.values())] for row in rows)))
        for name in sorted({str(row["file"]) for row in sections["files"]}):
            if folder(name).is_file():
                file.write(folder(name), f"files/{name}")
    return out.getvalue()


def _devices(dossier: Dossier) -> Rows:
    return [
        {"gateway": one.gateway, "device": one.device, "place": one.place_words, "pole": one.pole, "words": one.words}
        for one in dossier.person.devices
    ]


def _page(dossier: Dossier, sections: dict[str, Rows], at: int) -> str:
    person = dossier.person.person
    facts = {
        "编号 Reference": person.ref,
        "姓名 Name": person.name,
        "出生年 Born": person.born or "",
        "电话 Phone": person.phone,
        "标签 Tags": "、".join(person.tags),
        "住址 Address": person.words,
        "户号 Household": person.household,
        "杆号 Pole": dossier.person.pole,
        "备注 Notes": dossier.secrets.notes,
        "联系人 Contacts": ";".join(f"{c.relation} {c.name} {c.phone}".strip() for c in dossier.secrets.contacts),
        "导出时间 Made": _time(at),
    }
    listed = "".join(f"<dt>{escape(name)}</dt><dd>{escape(str(value))}</dd>" for name, value in facts.items())
    tables = "".join(_table(TITLES[name], rows) for name, rows in sections.items())
    return f"""<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{escape(person.name)}</title>
<style>body{{font:16px/1.6 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}}dl{{display:grid;
grid-template-columns:max-content 1fr;gap:.3rem 1rem}}dd{{margin:0}}table{{border-collapse:collapse;width:100%}}
td,th{{border:1px solid #ccc;padding:.3rem .5rem;text-align:left;font-size:.9rem}}</style>
<h1>个人资料 Personal data</h1><dl>{listed}</dl>{tables}</html>"""


def _table(title: str, rows: Rows) -> str:
    if not rows:
        return f"<h2>{escape(title)}</h2><p>没有 None</p>"
    head = "".join(f"<th>{escape(name)}</th>" for name in rows[0])
    lines = "".join(
        "<tr>" + "".join(f"<td>{escape(str(_shown(name, value)))}</td>" for name, value in row.items()) + "</tr>"
        for row in rows
    )
    return f"<h2>{escape(title)}</h2><table><tr>{head}</tr>{lines}</table>"


def _shown(name: str, value: object) -> object:
    if isinstance(value, int) and (name == "at" or name.endswith("_at")):
        return _time(value)
    return "" if value is None else value


def _time(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, ZONE).strftime("%Y-%m-%d %H:%M:%S")
