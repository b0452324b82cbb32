"""Tables of any kind as calls: previewed, refused by name, and never counted twice."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from alwrity_desktop.core.domain.errors import NotFoundError, PersonError, WorldError
from alwrity_desktop.core.domain.table_mapping import RefusedRow, TableMapping
from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.sources import base
from alwrity_desktop.core.table_import import guess_mapping, preview, read, table_header
from alwrity_desktop.core.table_mappings import TableMappings
from tests.logs import NOW_MS, START_MS, iso

HEADER = "time,model,prompt_tokens,cached_tokens,completion_tokens,cost,request_id\n"


def line(
    number: int = 1, *, identity: str | None = None, tokens: str = "1000", model: str = "gpt-4o"
) -> str:
    name = f"req-{number:010d}" if identity is None else identity
    return f"{iso(START_MS)},{model},{tokens},400,50,0.0125,{name}\n"


def table(folder: Path, *lines: str, name: str = "usage.csv", header: str = HEADER) -> Path:
    path = folder / name
    path.write_text(header + "".join(lines), encoding="utf-8")
    return path


def rows(path: Path, mapping: TableMapping | None = None) -> list[Call | RefusedRow]:
    return list(read(path, mapping or guess_mapping(*table_header(path)), NOW_MS))


def identities(path: Path) -> list[str]:
    return [row.identity for row in rows(path) if isinstance(row, Call)]


def test_that_a_row_is_a_call(tmp_path: Path) -> None:
    assert rows(table(tmp_path, line())) == [
        Call(
            identity="table::req-0000000001",
            occurred_at_ms=START_MS,
            source="table",
            provider="openai",
            model="gpt-4o",
            input_tokens=600,
            cache_read_tokens=400,
            output_tokens=50,
            reported_cost_pico=12_500_000_000,
            response_id="req-0000000001",
        )
    ]


def test_that_json_in_every_form_gives_the_calls_of_the_table(tmp_path: Path) -> None:
    record = {
        "time": iso(START_MS),
        "model": "gpt-4o",
        "usage": {"prompt_tokens": 1000, "cached_tokens": 400, "completion_tokens": 50},
        "cost": 0.0125,
        "request_id": "req-0000000001",
        "note": None,
        "tags": ["x"],
    }
    text = json.dumps(record)
    forms = {
        "a.jsonl": f"{text}\n\n",
        "b.json": f"[{text}]",
        "c.json": json.dumps({"total": 1, "data": [record]}, indent=2),
        "d.json": f"{text}\n",
        "e.log": text,
    }
    for name, content in forms.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
        assert rows(tmp_path / name) == rows(table(tmp_path, line()))


def test_that_rows_that_cannot_be_are_named_by_their_place(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        line(1),
        "1,2,3\n",
        line(2, tokens="-5"),
        line(3, model=""),
        line(4, tokens="=1+1"),
        line(5),
    )
    found = rows(path)
    assert [row for row in found if isinstance(row, RefusedRow)] == [
        RefusedRow(2, base.BAD_ROW),
        RefusedRow(3, base.NEGATIVE_COUNT),
        RefusedRow(4, base.BAD_MODEL),
        RefusedRow(5, base.BAD_COUNT),
    ]
    assert len(found) == 6


def test_that_lines_that_are_no_rows_are_named(tmp_path: Path) -> None:
    good = json.dumps({"time": iso(START_MS), "model": "gpt-4o", "prompt_tokens": 10**400})
    path = tmp_path / "a.jsonl"
    path.write_text(f"{good}\n{{torn\n[1]\n" + "[" * 5000 + "\n", encoding="utf-8")
    assert [type(row).__name__ for row in rows(path)][1:] == ["RefusedRow"] * 3


def test_that_an_overlapping_export_brings_only_what_is_new(tmp_path: Path) -> None:
    for names in (("x", "y", "z"), ("", "", ""), ("1", "2", "3")):
        lines = [
            line(n, identity=name and name * 9, tokens=f"100{n}") for n, name in enumerate(names)
        ]
        first = identities(table(tmp_path, *lines[:2]))
        second = identities(table(tmp_path, *lines[1:], name="later.csv"))
        assert len({*first, *second}) == 3


def test_that_rows_without_an_id_that_say_the_same_are_all_counted(tmp_path: Path) -> None:
    path = table(tmp_path, *[line(identity="")] * 3)
    assert len(set(identities(path))) == 3
    assert identities(path) == identities(table(tmp_path, *[line(identity="")] * 3, name="b.csv"))


def test_that_ids_in_sequence_of_two_exports_swallow_no_call(tmp_path: Path) -> None:
    (call,) = rows(table(tmp_path, line(identity="1")))
    assert isinstance(call, Call)
    assert call.response_id == ""
    january = identities(table(tmp_path, line(identity="1", tokens="500")))
    february = identities(table(tmp_path, line(identity="1", tokens="600"), name="b.csv"))
    assert january != february


def test_that_a_preview_shows_calls_refusals_and_what_to_know(tmp_path: Path) -> None:
    path = table(tmp_path, line(1), line(2, tokens="x"), *map(line, range(3, 30)))
    shown = preview(path, None, NOW_MS, limit=5)
    assert (len(shown.calls), shown.refused, shown.rows) == (4, (RefusedRow(2, base.BAD_COUNT),), 5)
    assert any("part of the input tokens" in note for note in shown.notes)


def test_that_a_preview_without_the_needed_columns_says_so(tmp_path: Path) -> None:
    shown = preview(table(tmp_path, "1,2\n", header="a,b\n"), None, NOW_MS)
    assert (shown.calls, shown.notes[0]) == ((), "No column is known to hold at and model.")
    with pytest.raises(PersonError, match="--map at=COLUMN"):
        rows(tmp_path / "usage.csv")


def test_that_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PersonError, match='no column "Modell" for model'):
        rows(table(tmp_path, line()), TableMapping((("model", "Modell"),)))


def test_that_the_name_of_a_key_is_taken_and_a_key_is_not(tmp_path: Path) -> None:
    header = "time,model,prompt_tokens,completion_tokens,key name,api_key\n"
    named = f"{iso(START_MS)},gpt-4o,10,5,blog,sk-canary-0123456789-abcdef\n"
    misplaced = f"{iso(START_MS)},gpt-4o,11,5,sk-canary-0123456789-abcdef,blog\n"
    found = rows(table(tmp_path, named, misplaced, header=header))
    assert [row.api_key for row in found if isinstance(row, Call)] == ["blog", ""]
    assert "canary" not in repr(found)


def test_that_what_is_fixed_is_in_every_row(tmp_path: Path) -> None:
    path = table(tmp_path, f"{iso(START_MS)},7\n", header="time,input_tokens\n")
    mapping = TableMapping(
        (("at", "time"), ("input_tokens", "input_tokens")),
        (("model", "house-model"), ("provider", "Own")),
    )
    (call,) = rows(path, mapping)
    assert isinstance(call, Call)
    assert (call.model, call.provider, call.input_tokens) == ("house-model", "own", 7)


@pytest.mark.parametrize("content", ["", "\n\n", "only,a,header\n", "[]", "{}"])
def test_that_a_file_without_rows_is_told(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(PersonError, match="holds no table"):
        table_header(path)


def test_that_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(WorldError, match="cannot be read"):
        table_header(tmp_path / "absent.csv")


def test_that_a_mapping_is_found_again_by_the_headers(tmp_path: Path) -> None:
    kept = TableMappings(tmp_path)
    mapping = TableMapping((("at", "a"), ("model", "b")), (("provider", "x"),), cost_unit="cents")
    assert (kept.all(), kept.for_header(["a", "b"])) == ((), None)
    kept.keep("bills", ["a", "b"], TableMapping(()))
    kept.keep("bills", ["a", "b"], mapping)
    assert len(kept.all()) == 1
    assert TableMappings(tmp_path).for_header(["b", "a"]) == mapping
    assert kept.for_header(["a", "b", "c"]) is None
    assert kept.named("bills").mapping == mapping
    with pytest.raises(NotFoundError, match="There are: bills"):
        kept.named("other")
    with pytest.raises(PersonError, match="one line"):
        kept.keep(" \n", ["a"], mapping)


def test_that_damaged_mappings_are_told_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "table_mappings.json"
    path.write_text("{", encoding="utf-8")
    with pytest.raises(WorldError, match="Remove the file"):
        TableMappings(tmp_path).keep("x", ["a"], TableMapping(()))
    assert path.read_text(encoding="utf-8") == "{"
