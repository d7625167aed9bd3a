"""Makes the tables of the kiosk's keyboards: kiosk_ui/typing/tables/. Run by hand, when a source has a new version.

    npm pack cnchar-order@3.2.6; pip download --no-deps pypinyin==0.55.0 jieba==0.42.1; unpack each into a folder, then
    .venv/bin/python scripts/typing_tables.py cnchar.order.min.js FOLDER_OF_PYPINYIN jieba-0.42.1/jieba/dict.txt

cnchar-order (MIT) gives the order of strokes as written in mainland China, pypinyin (MIT) how words are read, jieba
(MIT) how often words are used. Needs node, because the first of them is JavaScript.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

TABLES = Path(__file__).parent.parent / "kiosk_ui" / "typing" / "tables"

FIVE = {"横": "1", "提": "1", "竖": "2", "竖钩": "2", "撇": "3", "点": "4", "点2": "4", "捺": "4"}
"""The five groups of GB 13000.1 字符集汉字笔顺规范; every other stroke bends, 折, 5."""

LONGEST = 5
RAREST = 4
"""Words used less often in the texts that jieba counted are mistakes of its counting more often than words."""


def strokes(script: Path) -> dict[str, str]:
    """Character to digits 1 to 5."""
    ask = "const d=require(process.argv[1]).dict; console.log(JSON.stringify([d.orders,d.strokeTable]))"
    told = subprocess.run(["node", "-e", ask, str(script.resolve())], check=True, capture_output=True, text=True)  # noqa: S607
    orders, table = json.loads(told.stdout)
    digit = {letter: FIVE.get(stroke["name"], "5") for letter, stroke in table.items()}
    return {
        character: "".join(digit[letter] for letter in letters)
        for character, letters in orders.items()
        if "一" <= character <= "鿿"
    }


def plain(reading: str) -> str:
    """Pinyin without tones as it is typed: ü is v."""
    return reading.replace("ü", "v")


def main() -> None:
    """Read the three sources, write the two tables."""
    script, pypinyin_at, dictionary = map(Path, sys.argv[1:])
    sys.path.insert(0, str(pypinyin_at))
    from pypinyin import Style, lazy_pinyin, pinyin  # type: ignore[import-not-found]  # noqa: PLC0415 - from its folder

    order = strokes(script)
    words: dict[str, int] = {}
    for line in dictionary.read_text(encoding="utf-8").splitlines():
        word, count, *_ = line.split()
        if len(word) <= LONGEST and all(character in order for character in word):
            words[word] = int(count)
    characters = []
    for character, code in order.items():
        heard = dict.fromkeys(plain(r) for r in pinyin(character, style=Style.NORMAL, heteronym=True)[0])
        characters.append((character, code, " ".join(heard), words.get(character, 0)))
    readings = [
        (word, " ".join(plain(r) for r in lazy_pinyin(word, v_to_u=True)), count)
        for word, count in words.items()
        if len(word) > 1 and count >= RAREST
    ]
    write("characters", sorted(characters, key=lambda row: (-row[3], row[0])))
    write("words", sorted(readings, key=lambda row: (-row[2], row[0])))


def write(name: str, rows: list[tuple[str, str, str, int]] | list[tuple[str, str, int]]) -> None:
    """Tab-separated, most frequent first; the same sources give the same bytes."""
    text = "".join("\t".join(map(str, row)) + "\n" for row in rows)
    (TABLES / f"{name}.tsv.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(f"{name}: {len(rows)}")


if __name__ == "__main__":
    main()
