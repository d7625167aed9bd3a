"""The only door to ruamel.yaml and jsonschema: text in, values with places and findings out.

YAML 1.2, bounded in size, depth and alias expansion; hostile text gives findings, never an exception. Both
libraries are imported inside functions: a gateway that runs for years must not hold them because it checked
something once (the figures stand in `edge.settled`).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path as FilePath
from typing import Any

from firmware_profiles import wording
from firmware_profiles.finding import Finding, in_order
from firmware_profiles.tree import Builder, Data, Document, Path, TooMuchError

__all__ = ["MAX_BYTES", "Document", "parse", "read", "shipped_schema", "validate"]

MAX_BYTES = 512 * 1024
"""A configuration has a few kilobytes, a profile with many samples some tens."""


def read(path: FilePath, as_text: Collection[str] = ()) -> tuple[Document | None, list[Finding]]:
    """Parse a file; a file that cannot be read is a finding too."""
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return None, [Finding(str(path), 0, 0, f"cannot be read: {reason}", "a readable file", f"无法读取：{reason}")]
    return parse(raw, str(path), as_text)


def parse(raw: bytes | str, file: str, as_text: Collection[str] = ()) -> tuple[Document | None, list[Finding]]:
    """Parse YAML. The document is None when nothing of use could be read; findings may come with a document.

    Plain scalars under the keys in `as_text` stay text whatever they look like (`0123`, `7E10`).
    """
    if len(raw) > MAX_BYTES:
        return None, [Finding(file, 0, 0, "the file is too large", f"at most {MAX_BYTES // 1024} KB", "文件过大")]
    try:
        text = raw if isinstance(raw, str) else raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return None, [_not_utf8(error, file)]
    builder = Builder(file, as_text)
    try:
        builder.build(_events(text))
    except TooMuchError:
        return None, in_order(builder.findings)
    except _UnreadableError as error:
        return None, in_order([*builder.findings, error.finding(file, text)])
    return builder.document(), in_order(builder.findings)


def validate(document: Document, schema: Mapping[str, Any], at: Path = ()) -> list[Finding]:
    """Every place where the part of the document at `at` breaks the schema (JSON Schema 2020-12)."""
    data: Data = document.data
    for step in at:
        data = data[step]
    errors = _validator()(dict(schema)).iter_errors(data)
    return in_order(finding for error in errors for finding in wording.findings(error, document, at))


@cache
def _validator() -> Any:
    """Draft 2020-12, but `3.0` is no whole number: what comes after us takes the word literally."""
    from jsonschema import Draft202012Validator, validators  # noqa: PLC0415 - 6 MB, see above

    def whole(_checker: object, value: object) -> bool:
        return isinstance(value, int) and not isinstance(value, bool)

    types = Draft202012Validator.TYPE_CHECKER.redefine("integer", whole)
    return validators.extend(Draft202012Validator, type_checker=types)  # type: ignore[no-untyped-call]


@cache
def shipped_schema(package: str, name: str) -> dict[str, Any]:
    """A schema that ships inside one of our packages."""
    schema: dict[str, Any] = json.loads(files(package).joinpath(name).read_text("utf-8"))
    return schema


class _UnreadableError(Exception):
    """Text that is no YAML; the reader's own words and the place."""

    def __init__(self, problem: str, line: int | None, column: int, position: int | None = None) -> None:
        super().__init__(problem)
        self.problem, self.line, self.column, self.position = problem, line, column, position

    def finding(self, file: str, text: str) -> Finding:
        line, column = self.line, self.column
        if line is None:
            before = text[: self.position or 0]
            line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
        allowed, zh = "YAML 1.2", f"不是合法的 YAML：{self.problem}"
        if "\\t" in self.problem:
            allowed, zh = "indent with spaces, not with tabs", "请用空格缩进，不要用制表符"
        return Finding(file, line, column, f"this is no YAML: {self.problem}", allowed, zh)


def _events(text: str) -> Iterator[Any]:
    """Parse events of ruamel's own reader; raises _UnreadableError and nothing else."""
    from ruamel.yaml import YAML  # noqa: PLC0415 - 3 MB, see above
    from ruamel.yaml.error import MarkedYAMLError, YAMLError  # noqa: PLC0415
    from ruamel.yaml.reader import ReaderError  # noqa: PLC0415

    try:
        yield from YAML(typ="safe", pure=True).parse(text)
    except ReaderError as error:
        raise _UnreadableError(
            f"character U+{_code(error.character):04X} is not allowed", None, 0, error.position
        ) from None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = "; ".join(part for part in (error.context, error.problem) if part)
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise _UnreadableError(problem, line, column) from None
    except YAMLError as error:
        raise _UnreadableError(str(error).splitlines()[0], 1, 1) from None
    except (ValueError, OverflowError) as error:  # e.g. the escape "\\UFFFFFFFF", which chr() refuses
        raise _UnreadableError(str(error), 1, 1) from None


def _code(character: object) -> int:
    return character if isinstance(character, int) else ord(str(character)[:1] or "\0")


def _not_utf8(error: UnicodeDecodeError, file: str) -> Finding:
    before = error.object[: error.start]
    line, column = before.count(b"\n") + 1, error.start - (before.rfind(b"\n") + 1) + 1
    return Finding(
        file,
        line,
        column,
        "the file is not UTF-8",
        "save it as UTF-8 (it may be GBK now)",
        "文件不是 UTF-8 编码（可能是 GBK），请另存为 UTF-8",
    )
