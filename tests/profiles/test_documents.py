from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_profiles.documents import MAX_BYTES, Document, parse, read, validate
from firmware_profiles.finding import Finding, closest, in_order
from firmware_profiles.tree import MAX_DEPTH, MAX_FINDINGS, resolve

YAML_LIKE = st.text(alphabet="ab:-[]{}&*!%#|>'\"\\,? \n\t~<.0xuUe@`\x85\u2028\ufeff%YAMLTG12", max_size=80)


def good(text: str, as_text: tuple[str, ...] = ()) -> Document:
    document, findings = parse(text, "f.yaml", as_text)
    assert findings == []
    assert document is not None
    return document


def bad(text: str | bytes) -> list[Finding]:
    return parse(text, "f.yaml")[1]


def checked(text: str, schema: dict[str, object]) -> list[str]:
    return [str(finding) for finding in validate(good(text), schema)]


def test_values_follow_the_yaml_1_2_core_schema() -> None:
    document = good("[1, -2, 0x1F, 0o17, 1.5, 1e3, true, False, null, ~, yes, 2024-01-01, '1', 12:30:00, .inf, 1_000]")
    assert document.data == [
        *(1, -2, 31, 15, 1.5, 1000.0, True, False, None, None),
        *("yes", "2024-01-01", "1", "12:30:00", ".inf", "1_000"),
    ]


def test_a_code_stays_text_under_the_keys_that_ask_for_it() -> None:
    document = good(
        "{hex: 0123, n: 0123, chunks: [7E10, 00], reply: null, device: 861234567890123}",
        ("hex", "chunks", "device", "reply"),
    )
    assert document.data == {
        "hex": "0123",
        "n": 123,
        "chunks": ["7E10", "00"],
        "reply": None,
        "device": "861234567890123",
    }


def test_every_value_and_key_knows_its_line_and_column() -> None:
    document = good("a: 1\nports:\n  - name: x\n    kind:   tcp\n")
    assert document.place(("ports", 0, "kind")) == (4, 13)
    assert document.place(("ports", 0, "kind"), key=True) == (4, 5)
    assert document.place(("ports", 0, "nothing", "here")) == (3, 5)


def test_all_duplicate_keys_are_found_and_the_first_stays() -> None:
    document, findings = parse("a: 1\nb: 2\na: 3\nc: {d: 1, d: 2}\nb: 4\n", "f.yaml")
    assert [(f.line, f.column) for f in findings] == [(3, 1), (4, 11), (5, 1)]
    assert document is not None
    assert document.data == {"a": 1, "b": 2, "c": {"d": 1}}


def test_an_alias_is_expanded_and_its_mistakes_are_reported_where_it_stands() -> None:
    document = good("base: &b {x: 1}\nuse: *b\n")
    assert document.data["use"] == {"x": 1}
    assert document.place(("use", "x")) == (2, 6)


@pytest.mark.parametrize("text", ["a: *nowhere", "a: &a [1, *a]"])
def test_an_alias_to_nothing_or_to_itself_is_a_finding(text: str) -> None:
    assert len(bad(text)) == 1


def test_a_billion_laughs_end_early() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    assert "too large" in str(bad("\n".join(lines))[-1])


def test_nesting_is_bounded() -> None:
    assert "nested too deeply" in str(bad("[" * (MAX_DEPTH + 1))[0])
    assert bad("[" * MAX_DEPTH + "]" * MAX_DEPTH) == []


def test_size_is_bounded() -> None:
    assert "too large" in str(bad("#" * (MAX_BYTES + 1))[0])


def test_the_number_of_findings_is_bounded() -> None:
    assert len(bad("a: 1\n" * 2000)) == MAX_FINDINGS


@pytest.mark.parametrize("text", ["!!python/object:os.system {a: 1}", "a: !secret x", "a: !!int 5"])
def test_tags_are_refused(text: str) -> None:
    assert "tag" in str(bad(text)[0])


def test_a_tab_as_indentation_says_what_to_do() -> None:
    assert str(bad("a:\n\tb: 1")[0]).startswith("f.yaml:2:1: ")
    assert "spaces" in bad("a:\n\tb: 1")[0].allowed


def test_a_file_in_gbk_is_named_as_such_with_its_place() -> None:
    (finding,) = bad("ok: 1\nnote: 邻里\n".encode("gbk"))
    assert (finding.line, finding.column) == (2, 7)
    assert "GBK" in finding.allowed


def test_a_byte_order_mark_of_windows_does_no_harm() -> None:
    assert parse("\ufeffa: 1".encode(), "f.yaml")[0] == good("a: 1")


def test_a_second_document_is_refused() -> None:
    assert "second document" in str(bad("a: 1\n---\nb: 2\n")[0])


@pytest.mark.parametrize("text", ['"\\UFFFFFFFF"', '"\\uD800"', '"\\xZZ"', "a: \x01", "%YAML 9.9\n--- a", "? [a]\n: b"])
def test_odd_text_is_a_finding(text: str) -> None:
    assert bad(text)


@settings(max_examples=400, deadline=None)
@given(st.one_of(YAML_LIKE, st.text(max_size=60), st.binary(max_size=60)))
def test_no_text_crashes_the_reader_and_findings_can_be_printed(text: str | bytes) -> None:
    document, findings = parse(text, "f.yaml", ("a",))
    assert document is not None or findings
    for finding in findings:
        finding.text("zh").encode()
        finding.text("en").encode()


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_no_plain_word_crashes_the_resolver(text: str) -> None:
    assert resolve(text) == resolve(text)


def test_a_file_that_cannot_be_read_is_a_finding(tmp_path: Path) -> None:
    assert "cannot be read" in str(read(tmp_path / "nothing.yaml")[1][0])
    assert "cannot be read" in str(read(tmp_path)[1][0])


SCHEMA: dict[str, object] = {
    "type": "object",
    "required": ["name", "kind"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string", "pattern": "^[a-z]+$", "allowed": {"en": "a-z only", "zh": "只能用 a-z"}},
        "kind": {"enum": ["serial", "tcp"]},
        "baud": {"type": "integer", "minimum": 300, "maximum": 115200},
        "on": {"type": "boolean"},
        "pins": {"type": "array", "minItems": 1, "items": {"type": "integer"}},
        "who": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "where": {
            "oneOf": [
                {"type": "object", "required": ["lat"], "properties": {"lat": {"type": "number"}}},
                {"type": "array", "items": {"type": "number"}},
            ]
        },
    },
}


def test_all_mistakes_come_at_once_in_the_order_of_the_file() -> None:
    text = "name: ABC\nkind: seriell\nbuad: 9600\nbaud: 1\non: yes\npins: [1, a]\nwho: 5\nwhere: {lat: north}\n"
    found = validate(good(text), SCHEMA)
    assert [finding.line for finding in found] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert found == in_order(found)
    lines = [str(finding) for finding in found]
    assert lines[0] == "f.yaml:1:7: `name`: text `ABC` does not have the right form; allowed: a-z only"
    assert lines[1].endswith("did you mean `serial`?; allowed: serial, tcp")
    assert lines[2].startswith("f.yaml:3:1: unknown key `buad`")
    assert lines[3].endswith("allowed: at least 300")
    assert "write true" in lines[4]
    assert lines[5].startswith("f.yaml:6:11: entry 2 of `pins`: ")
    assert lines[6].endswith("allowed: text or nothing")
    assert lines[7].endswith("`lat`: found text `north`; allowed: a number")


def test_a_misspelt_key_suggests_the_right_one() -> None:
    assert "did you mean `baud`?" in checked("name: a\nkind: tcp\nbuad: 1", SCHEMA)[0]


def test_each_missing_key_is_named_with_what_belongs_there() -> None:
    assert checked("baud: 9600", SCHEMA) == [
        "f.yaml:1:1: `kind` is missing; allowed: serial, tcp",
        "f.yaml:1:1: `name` is missing; allowed: a-z only",
    ]


def test_every_finding_speaks_chinese_too() -> None:
    for finding in validate(good("name: 1\nkind: x\nx: 1\nbaud: 1\non: no\npins: []\nwho: []"), SCHEMA):
        assert any("\u4e00" <= char <= "\u9fff" for char in finding.text("zh")), finding


def test_a_number_where_text_belongs_asks_for_quotes() -> None:
    assert "put it in quotes" in checked("name: 12\nkind: tcp", SCHEMA)[0]


def test_a_part_of_a_document_is_checked_in_place() -> None:
    document = good("a:\n  settings: {n: x}\n")
    schema = {"properties": {"n": {"type": "integer"}}}
    assert str(validate(document, schema, ("a", "settings"))[0]).startswith("f.yaml:2:17: ")


def test_bad_names_of_keys_are_found_at_the_key() -> None:
    (line,) = checked("a: 1\nBAD: 2", {"propertyNames": {"pattern": "^[a-z]$"}})
    assert line.startswith("f.yaml:2:1: ")


def test_a_suggestion_is_only_made_when_something_is_near() -> None:
    assert closest("trakers", ["trackers", "rf"]) == "trackers"
    assert closest("zzz", ["trackers", "rf"]) is None
