"""Content as the example office publishes it, on a day, for screens under test."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from kiosk_ui.content import Services, read
from office.desk import example_content
from sync.contract.kiosk import ContentFile

TODAY = datetime.now().astimezone().date()
WARDENS = [
    {
        "area": f"area-{n}",
        "area_name": {"zh": f"演示第{word}网格", "en": f"Example grid {n}"},
        "called": {"zh": f"演示网格员{n}号", "en": f"Example warden {n}"},
        "department": "order",
        "poles": [f"YS-{n}{pole:03d}" for pole in range(1, 40)],
    }
    for n, word in ((1, "一"), (2, "二"), (3, "三"))
]
FORMED, FORM = "birth-register", "m/form.png"
"""The guide that has a form, and its file."""
PUBLICITY = {
    "month": "2026-10",
    "closed": 86,
    "on_time": 0.953,
    "cases": [
        {"kind": {"zh": kind, "en": en}, "done": {"zh": done}, "days": days, "department": "city"}
        for kind, en, done, days in (
            ("路灯不亮", "Street lamp", "更换灯头两只，夜间复查已亮", 1),
            ("垃圾没清", "Rubbish", "当天清运，调整清运时间为早晚各一次", 0),
            ("道路坏了", "Road", "补铺人行道砖 12 块，坡道已平", 6),
            ("占道堵路", "Way blocked", "移走占住无障碍坡道的车辆，加装隔离桩", 3),
            ("噪音扰民", "Noise", "约谈商户，晚上十点后停用音响", 2),
            ("楼道堆物", "Stairs", "帮助独居老人清走旧家具，楼道已通", 4),
            ("井盖松动", "Manhole", "更换井盖", 1),
        )
    ],
}


def example(today: date = TODAY, **more: list[dict[str, Any]]) -> Services:
    """The whole of it; `more` replaces kinds by name."""
    made: dict[str, object] = dict(
        example_content.items(today, {"beat": "m/b.wav", "breath": "m/c.wav", "smoke": "m/d.wav"})
    )
    made |= {"wardens": WARDENS, "publicity": PUBLICITY}
    for guide in made["guides"]:  # type: ignore[attr-defined]
        guide["link"] = f"https://desk.example:8443/p/t/g.{guide['id']}.u7Jk2mQz"
        if guide["id"] == FORMED:
            guide["form"] = FORM
    return version(made | dict(more))


def version(made: Mapping[str, object], name: str = "v1") -> Services:
    """A version from lists by kind."""
    texts = {f"{kind}.json": json.dumps(value, ensure_ascii=False).encode() for kind, value in made.items()}
    files = [ContentFile(file, hashlib.sha256(text).hexdigest(), len(text)) for file, text in texts.items()]
    media = [
        ContentFile(file, hashlib.sha256(file.encode()).hexdigest(), 1000)
        for file in ("m/b.wav", "m/c.wav", "m/d.wav", FORM)
    ]
    return read(name, [*files, *media], texts)
