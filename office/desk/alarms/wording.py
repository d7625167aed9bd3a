"""Causes as people say them, where the desk itself writes (phone calls, cases). The page has its own words."""

from __future__ import annotations

CAUSES = {
    "sos": "紧急求助",
    "fallDown": "跌倒报警",
    "intrusion": "闯入报警",
    "smoke": "烟雾报警",
    "gas": "燃气报警",
    "water": "漏水报警",
    "gatewaySilent": "网关失联",
    "brokerLost": "与平台断线",
    "centreDataMissing": "数据缺失",
    "sequenceReused": "网关数据异常",
    "unreadableAlarm": "无法解读的警报",
}


def cause_words(cause: str) -> str:
    """In Chinese; a cause nobody knows is an alarm all the same."""
    return CAUSES.get(cause, "报警")
