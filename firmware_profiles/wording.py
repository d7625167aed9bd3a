"""What a broken rule of a JSON Schema (2020-12) means in words, English and Chinese, and what is allowed instead.

Takes the validator's error objects as they are (keyword, its value, the instance) and imports nothing of it. A schema
may carry `"allowed": {"en": ..., "zh": ...}` beside a rule that words cannot be made from, such as a pattern.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from firmware_profiles.finding import Finding, listed, meant
from firmware_profiles.tree import Document, Path

_TYPES = {
    "string": ("text", "文字"),
    "integer": ("a whole number", "整数"),
    "number": ("a number", "数字"),
    "boolean": ("true or false", "true 或 false"),
    "array": ("a list", "列表"),
    "object": ("keys with values", "一组键和值"),
    "null": ("nothing", "空"),
}
_YES_NO = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}

Words = tuple[str, str, str, str]
"""Message and what is allowed: English, Chinese, allowed, allowed in Chinese."""


def findings(error: Any, document: Document, at: Path) -> Iterator[Finding]:
    """All findings that one validation error stands for; `at` is where the checked part sits in the document."""
    path = (*at, *error.absolute_path)
    keyword = error.validator
    if keyword in ("additionalProperties", "unevaluatedProperties") and isinstance(error.instance, dict):
        yield from _unknown_keys(error, document, path)
    elif keyword == "required":
        yield from _missing(error, document, path)
    elif keyword in ("anyOf", "oneOf") and error.context:
        yield from _branches(error, document, path, at)
    elif "propertyNames" in list(error.absolute_schema_path)[-2:]:
        yield _finding(document, (*path, str(error.instance)), _words(error), key=True)
    else:
        yield _finding(document, path, _words(error))


def _finding(document: Document, path: Path, words: Words, *, key: bool = False) -> Finding:
    message, zh, allowed, allowed_zh = words
    name, name_zh = _name(path)
    zh = f"{name_zh}{zh}" + (f"；允许：{allowed_zh}" if allowed_zh else "")
    return document.finding(path, f"{name}{message}", zh, allowed, key=key)


def _name(path: Path) -> tuple[str, str]:
    """The key the finding is about (or the entry of a list), so that the message can be read without the file."""
    keys = [step for step in path if isinstance(step, str)]
    if not keys:
        return "", ""
    key = keys[-1][:60]
    if isinstance(path[-1], int):
        return f"entry {path[-1] + 1} of `{key}`: ", f"`{key}` 第 {path[-1] + 1} 项："
    return f"`{key}`: ", f"`{key}`："


def _unknown_keys(error: Any, document: Document, path: Path) -> Iterator[Finding]:
    known = error.schema.get("properties", {})
    patterns = error.schema.get("patternProperties", {})
    for key in error.instance:
        if key in known or patterns:
            continue
        en, zh = meant(str(key), [name for name in known if name not in error.instance])
        allowed = listed(known)
        yield document.finding(
            (*path, key),
            f"unknown key `{str(key)[:60]}`{en}",
            f"未知的键 `{str(key)[:60]}`{zh}；允许：{allowed}",
            allowed,
            key=True,
        )


def _missing(error: Any, document: Document, path: Path) -> Iterator[Finding]:
    for key in error.validator_value:
        if key in error.instance or f"'{key}'" not in error.message:
            continue
        en, zh, allowed, allowed_zh = _described(error.schema.get("properties", {}).get(key, {}))
        where, where_zh = _name(path)
        yield document.finding(
            path,
            f"{where}`{key}` is missing{en}",
            f"{where_zh}缺少 `{key}`{zh}" + (f"；允许：{allowed_zh}" if allowed_zh else ""),
            allowed,
            key=True,
        )


def _branches(error: Any, document: Document, path: Path, at: Path) -> Iterator[Finding]:
    """Of several allowed forms: what is wrong with the one that came nearest, or the list of forms if none did."""
    by_branch: dict[Any, list[Any]] = {}
    for sub in error.context:
        by_branch.setdefault(sub.schema_path[0], []).append(sub)
    near = [subs for subs in by_branch.values() if not any(_is_shape(sub, error) for sub in subs)]
    if near:
        for sub in min(near, key=len):
            yield from findings(sub, document, at)
        return
    forms = [form for branch in error.validator_value for form in _forms(branch)]
    en, zh = " or ".join(form[0] for form in forms), " 或 ".join(form[1] for form in forms)
    yield _finding(document, path, _stated(error, (f"{_seen(error.instance)[0]} does not fit", "不符合要求", en, zh)))


def _is_shape(sub: Any, error: Any) -> bool:
    """The branch is of another type altogether, or picked by a constant that differs."""
    here = len(sub.absolute_path) == len(error.absolute_path)
    return (here and sub.validator == "type") or (sub.validator == "const" and not isinstance(sub.instance, dict))


def _forms(branch: dict[str, Any]) -> list[tuple[str, str]]:
    types = branch.get("type", [])
    return [_TYPES[kind] for kind in ([types] if isinstance(types, str) else types) if kind in _TYPES]


def _described(schema: Any) -> Words:
    """What a missing key would have to hold, as far as its own schema says so."""
    if not isinstance(schema, dict):
        return "", "", "", ""
    if "allowed" in schema:
        return "", "", schema["allowed"]["en"], schema["allowed"]["zh"]
    if "enum" in schema:
        return "", "", listed(schema["enum"]), listed(schema["enum"])
    forms = _forms(schema)
    return "", "", " or ".join(form[0] for form in forms), " 或 ".join(form[1] for form in forms)


def _words(error: Any) -> Words:
    maker = _MAKERS.get(error.validator)
    words = maker(error) if maker else (str(error.message)[:200], "不符合要求", "", "")
    return _stated(error, words)


def _stated(error: Any, words: Words) -> Words:
    """What the schema itself says is allowed goes before what was made from its keywords."""
    stated = error.schema.get("allowed") if isinstance(error.schema, dict) else None
    return (words[0], words[1], stated["en"], stated["zh"]) if stated else words


def _seen(value: Any) -> tuple[str, str]:
    """The wrong value as a person would say it."""
    if value is None:
        return "nothing", "空"
    if isinstance(value, bool):
        return str(value).lower(), str(value).lower()
    if isinstance(value, str):
        shown = value if len(value) <= 60 else value[:57] + "..."
        return f"text `{shown}`", f"文字 `{shown}`"
    if isinstance(value, list):
        return "a list", "列表"
    if isinstance(value, dict):
        return "keys with values", "一组键和值"
    return f"the number {value}", f"数字 {value}"


def _type(error: Any) -> Words:
    forms = _forms({"type": error.validator_value})
    en, zh = " or ".join(form[0] for form in forms), " 或 ".join(form[1] for form in forms)
    seen, seen_zh = _seen(error.instance)
    hint = hint_zh = ""
    if isinstance(error.instance, str) and "boolean" in str(error.validator_value):
        meant_word = _YES_NO.get(error.instance.lower())
        hint, hint_zh = (f"; write {meant_word}", f"；请写 {meant_word}") if meant_word else ("", "")
    if error.validator_value == "string" and isinstance(error.instance, int | float):
        hint, hint_zh = "; put it in quotes", "；请加引号"
    return f"found {seen}{hint}", f"写的是{seen_zh}{hint_zh}", en, zh


def _enum(error: Any) -> Words:
    seen, seen_zh = _seen(error.instance)
    allowed = listed("nothing" if value is None else value for value in error.validator_value)
    en, zh = meant(str(error.instance), error.validator_value) if isinstance(error.instance, str) else ("", "")
    return f"{seen} is not one of the allowed words{en}", f"{seen_zh} 不在允许的范围内{zh}", allowed, allowed


def _bound(en: str, zh: str) -> Callable[[Any], Words]:
    def words(error: Any) -> Words:
        seen, seen_zh = _seen(error.instance)
        limit = f"{error.validator_value}"
        return (f"{seen} is outside the bounds", f"{seen_zh} 超出范围", f"{en} {limit}", f"{zh} {limit}")

    return words


def _count(en: str, zh: str) -> Callable[[Any], Words]:
    def words(error: Any) -> Words:
        n = len(error.instance)
        unit, unit_zh = ("characters", "个字符") if isinstance(error.instance, str) else ("entries", "项")
        limit = error.validator_value
        return f"has {n} {unit}", f"有 {n} {unit_zh}", f"{en} {limit} {unit}", f"{zh} {limit} {unit_zh}"

    return words


def _pattern(error: Any) -> Words:
    seen, seen_zh = _seen(error.instance)
    form = f"the form {error.validator_value}"
    return f"{seen} does not have the right form", f"{seen_zh} 格式不对", form, f"形如 {error.validator_value}"


def _unique(_error: Any) -> Words:
    return "the same entry stands twice", "有重复的项", "each entry once", "每项只写一次"


def _const(error: Any) -> Words:
    seen, seen_zh = _seen(error.instance)
    return (
        f"{seen} is not possible here",
        f"此处不能写 {seen_zh}",
        str(error.validator_value),
        str(error.validator_value),
    )


_MAKERS: dict[str, Callable[[Any], Words]] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "pattern": _pattern,
    "uniqueItems": _unique,
    "minimum": _bound("at least", "至少"),
    "maximum": _bound("at most", "至多"),
    "exclusiveMinimum": _bound("more than", "大于"),
    "exclusiveMaximum": _bound("less than", "小于"),
    "multipleOf": _bound("a multiple of", "倍数："),
    "minLength": _count("at least", "至少"),
    "maxLength": _count("at most", "至多"),
    "minItems": _count("at least", "至少"),
    "maxItems": _count("at most", "至多"),
    "minProperties": _count("at least", "至少"),
    "maxProperties": _count("at most", "至多"),
}
