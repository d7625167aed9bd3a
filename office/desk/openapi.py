"""The doors of the desk as an OpenAPI 3.1 document: made from what the code uses, so that the two cannot differ."""

from __future__ import annotations

import re
from collections.abc import Sequence

from office.desk.door import SAFE, TOKEN, Access, Door
from sync.contract.envelope import Struct, schemas

JSON = "application/json"
PAGE = "text/html"
PEOPLES = "/p/"
"""Below this people come with their phones, and read a page also when they are refused."""

_NAME = re.compile(r"\{(\w+)(?::[^}]*)?\}")

ABOUT = """The desk of a Linli office. Sign in with `POST /v1/session`; whatever changes something carries the session's
token in `X-Linli-Token`. Errors have `zh` and `en` for people and `field` where one field of a form is meant.
"""


class Fault(Struct, frozen=True):
    """Why not."""

    error: str
    zh: str
    en: str
    field: str = ""


def document(doors: Sequence[Door], version: str) -> dict[str, object]:
    """The whole document."""
    shapes = {_inner(shape) for door in doors for shape in (door.asks, door.answers)} | {Fault}
    named = sorted((shape for shape in shapes if isinstance(shape, type)), key=lambda shape: shape.__name__)
    references, components = schemas(named)
    paths: dict[str, dict[str, object]] = {}
    for door in doors:
        path = _NAME.sub(r"{\1}", door.path)
        paths.setdefault(path, {})[door.method.lower()] = _operation(door, references)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Linli desk", "version": version, "description": ABOUT},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": "__Host-linli"},
                "token": {"type": "apiKey", "in": "header", "name": TOKEN},
            },
        },
    }


def _operation(door: Door, references: dict[type, dict[str, object]]) -> dict[str, object]:
    names = [*((name, "path") for name in _NAME.findall(door.path)), *((name, "query") for name in door.query)]
    operation: dict[str, object] = {
        "operationId": door.method.lower() + re.sub(r"[^a-zA-Z0-9]+", "_", _NAME.sub(r"\1", door.path)),
        "summary": door.summary,
        "description": f"Permission: {door.may}",
        "parameters": [
            {"name": name, "in": place, "required": place == "path", "schema": {"type": "string"}}
            for name, place in names
        ],
        "responses": {
            str(door.status): _content(door.answers, references, "what was asked for"),
            "default": _refusal(door, references),
        },
    }
    if door.asks is not None:
        operation["requestBody"] = {"required": True, **_content(door.asks, references, "what is asked")}
    if door.may is not Access.ANYONE:
        operation["security"] = [{"session": []} if door.method in SAFE else {"session": [], "token": []}]
    return operation


def _refusal(door: Door, references: dict[type, dict[str, object]]) -> dict[str, object]:
    """Why not; where people and no programs come, it may be a page that says so."""
    refused = _content(Fault, references, "why not")
    content = refused["content"]
    assert isinstance(content, dict)
    if door.answers == PAGE or door.path.startswith(PEOPLES):
        content |= {PAGE: {"schema": {"type": "string"}}}
    return refused


def _content(body: object, references: dict[type, dict[str, object]], what: str) -> dict[str, object]:
    """A shape, a list of a shape (`list[Shape]`), or a media type as text."""
    if body is None:
        return {"description": what}
    if isinstance(body, str):
        schema_of_text: dict[str, object] = {} if body == JSON else {"type": "string"}
        return {"description": what, "content": {body: {"schema": schema_of_text}}}
    inner = _inner(body)
    assert isinstance(inner, type)
    schema: dict[str, object] = references[inner]
    whole = schema if inner is body else {"type": "array", "items": schema}
    return {"description": what, "content": {JSON: {"schema": whole}}}


def _inner(body: object) -> object:
    arguments = getattr(body, "__args__", ())
    return arguments[0] if arguments else body
