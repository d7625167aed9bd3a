"""Reading files without trust: whatever they hold, there are rows, or there is a reason; never anything else."""

from __future__ import annotations

import csv
import io
import sqlite3

from hypothesis import example, given
from hypothesis import strategies as st

from office.desk.people.vault import Vault
from office.desk.register import book, finding, words
from office.desk.register.csv_table import Bad, Line, Table, Unreadable, guarded, written
from office.desk.register.fields import read_all
from office.desk.register.tables import REGISTER

SUBJECTS = book.subjects(Vault(b"k" * 32))


@given(st.binary(max_size=400), st.sampled_from(sorted(SUBJECTS)))
@example('编号,位置\n"A1,东\n'.encode(), "poles")
@example("编号\n".encode() + b"\xff\xfe", "poles")
def test_any_bytes_are_rows_or_a_reason(content: bytes, subject: str) -> None:
    fields = SUBJECTS[subject].fields
    try:
        found = [*Table(content, fields).lines()]
    except Unreadable as error:
        found = [*error.bad, error.bad[0]]
    assert all(isinstance(line, Line | Bad) for line in found)


@given(st.text(max_size=200), st.sampled_from(sorted(SUBJECTS)))
def test_any_text_in_any_column_is_a_value_or_a_reason_in_both_languages(text: str, subject: str) -> None:
    fields = SUBJECTS[subject].fields
    image, wrong = read_all(fields, dict.fromkeys(fields, text))
    assert not {name for name, _ in wrong} & set(image)
    assert all(error.zh and error.en for _, error in wrong)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=60))
@example("=1+1")
@example("'quoted")
@example("+8613800000000")
def test_what_is_written_is_no_formula_and_reads_back_the_same(text: str) -> None:
    cell = guarded(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t"))
    content = written(["位置"], [[text]]).decode("utf-8-sig")
    (back,) = [*csv.reader(io.StringIO(content, newline=""))][1:] or [[""]]
    assert (back[0] if back else "").removeprefix("'") == text or text.startswith("'")


@given(st.text(max_size=100))
def test_any_question_is_answered(text: str) -> None:
    conn = sqlite3.connect(":memory:")
    conn.executescript(REGISTER)
    conn.execute("INSERT INTO found_spots(rowid, words) VALUES (2, ?)", (words.index("演示里3号楼", "菜市场"),))
    assert finding.rows(conn, "found_spots", text, 5) in ([], [2])
    conn.close()
