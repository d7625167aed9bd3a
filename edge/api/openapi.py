"""The table of routes as an OpenAPI 3.1 document: made from what the code encodes, so that the two cannot differ."""

from __future__ import annotations

import re
from collections.abc import Sequence

from edge.api.refusal import ErrorBody
from edge.api.routes import Route
from sync.contract.envelope import schemas

JSON = "application/json"
_NAME = re.compile(r"\{(\w+)\}")

ABOUT = """The local API of a Linli gateway, on a Unix socket. Who may open the socket may do everything here.
Errors carry `error` (for programs), `message` and `hint` (for people, in the language of Accept-Language: zh or en).
"""


def document(routes: Sequence[Route], version: str) -> dict[str, object]:
    """The whole document."""
    shapes = {shape for route in routes for shape in (route.asks, route.answers) if _is_shape(shape)} | {ErrorBody}
    named = sorted((shape for shape in shapes if isinstance(shape, type)), key=lambda shape: shape.__name__)
    references, components = schemas(named)
    paths: dict[str, dict[str, object]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, references)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Linli gateway, local API", "version": version, "description": ABOUT},
        "servers": [{"url": "http://localhost", "description": "through the Unix socket of `api.socket`"}],
        "paths": paths,
        "components": {"schemas": components},
    }


def _operation(route: Route, references: dict[type, dict[str, object]]) -> dict[str, object]:
    operation: dict[str, object] = {
        "operationId": f"{route.method.lower()}{re.sub(r'[^a-zA-Z0-9]+', '_', route.path.removeprefix('/v1'))}",
        "summary": route.summary,
        "parameters": [
            *(_parameter(name, "path") for name in _NAME.findall(route.path)),
            *(_parameter(name, "query") for name in route.query),
            *(_parameter(name, "header") for name in route.headers),
        ],
        "responses": {
            **{str(status): _content(route.answers, references, "what was asked for") for status in route.status},
            "default": _content(ErrorBody, references, "why not"),
        },
    }
    if route.asks is not None:
        operation["requestBody"] = _content(route.asks, references, "what is asked")
    return operation


def _parameter(name: str, place: str) -> dict[str, object]:
    return {"name": name, "in": place, "required": place == "path", "schema": {"type": "string"}}


def _content(body: object, references: dict[type, dict[str, object]], what: str) -> dict[str, object]:
    if body is None:
        return {"description": what}
    if isinstance(body, str):
        kind = "object" if body == JSON else "string"
        return {"description": what, "content": {body: {"schema": {"type": kind}}}}
    if isinstance(body, type) and body in references:
        return {"description": what, "content": {JSON: {"schema": references[body]}}}
    scalar = {"type": ["string", "number", "boolean", "null"]}
    return {"description": what, "content": {JSON: {"schema": {"type": "object", "additionalProperties": scalar}}}}


def _is_shape(body: object) -> bool:
    return isinstance(body, type)
