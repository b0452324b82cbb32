"""A newer price list is taken when every price in it is sound, and only then."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from alwrity_desktop.core.domain.errors import PersonError, WorldError
from alwrity_desktop.core.price_update import MAX_LIST_BYTES, update_prices
from alwrity_desktop.core.prices import NEWER_LIST, maintained_list, open_price_book
from alwrity_desktop.core.resources import resource_path

NOW_MS = 1_795_172_400_000
Document = dict[str, object]


def offered(**changes: object) -> Document:
    document: Document = {
        "schema": "alwrity-desktop/prices/1",
        "name": "list of the house",
        "version": "9.9",
        "date": "2027-01-05",
        "units": {"input": 1_000_000, "output": 1_000_000},
        "providers": {
            "openai": {
                "models": [
                    {
                        "id": "gpt-4o",
                        "match": {"equals": ["gpt-4o"]},
                        "blocks": [{"prices": {"input": "3.5", "output": "10"}}],
                    }
                ]
            }
        },
    }
    return {**document, **changes}


def priced(price: object) -> Document:
    block = {"prices": {"input": price}}
    models = [{"id": "m", "match": {"equals": ["m"]}, "blocks": [block]}]
    return offered(providers={"acme": {"models": models}})


def write(folder: Path, document: object) -> Path:
    file = folder / "offered.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    return file


def test_that_a_newer_list_is_taken_and_used(tmp_path: Path) -> None:
    sentence = update_prices(write(tmp_path, offered()), tmp_path / "profile", NOW_MS)
    assert sentence == "Prices now follow the list of the house 9.9 of 2027-01-05."
    quote = open_price_book(tmp_path / "profile").quote("openai", "gpt-4o", NOW_MS)
    assert quote is not None
    assert quote.origin == "list of the house 9.9"
    assert quote.unit_price("input") == (3_500_000_000_000, 1_000_000)


def test_that_a_tenfold_jump_is_named(tmp_path: Path) -> None:
    document = offered()
    text = json.dumps(document).replace('"3.5"', '"25"')
    sentence = update_prices(write(tmp_path, json.loads(text)), tmp_path, NOW_MS)
    assert "tenfold or more for gpt-4o (openai)" in sentence


def test_that_an_older_list_is_not_taken(tmp_path: Path) -> None:
    sentence = update_prices(write(tmp_path, offered(date="2024-01-01")), tmp_path, NOW_MS)
    assert "is older" in sentence
    assert not (tmp_path / NEWER_LIST).exists()


@pytest.mark.parametrize(
    "document",
    [
        priced("-1"),
        priced("NaN"),
        priced("1e12"),
        priced("cheap"),
        priced(3.5),
        priced(None),
        priced(["1", [[200_000, "2"], [100_000, "3"]]]),
        priced(["1", [[-5, "2"]]]),
        offered(schema="something/else"),
        offered(date="soon"),
        offered(units={"input": 0}),
        offered(units={"wishes": 1}),
        offered(units={}),
        offered(providers={}),
        offered(providers={"acme": {"models": [{"id": "m", "match": {}, "blocks": []}]}}),
        offered(providers={"acme": {"models": [{"id": "m", "match": {"regex": ["("]}}]}}),
        offered(providers={"acme": []}),
        [],
        "list",
    ],
)
def test_that_an_unsound_list_changes_nothing(tmp_path: Path, document: object) -> None:
    with pytest.raises(PersonError):
        update_prices(write(tmp_path, document), tmp_path, NOW_MS)
    assert not (tmp_path / NEWER_LIST).exists()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda file: file.write_bytes(b"\xff\xfe\x00"),
        lambda file: file.write_text("[" * 100_000, encoding="utf-8"),
        lambda file: file.write_bytes(b" " * (MAX_LIST_BYTES + 1)),
        lambda file: file.unlink(),
    ],
)
def test_that_a_file_that_is_no_list_is_said_in_words(
    tmp_path: Path, spoil: Callable[[Path], object]
) -> None:
    file = write(tmp_path, offered())
    spoil(file)
    with pytest.raises(PersonError):
        update_prices(file, tmp_path, NOW_MS)


def test_that_a_folder_that_cannot_be_written_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "profile").write_text("a file where the folder should be", encoding="utf-8")
    with pytest.raises(WorldError, match="cannot be written"):
        update_prices(write(tmp_path, offered()), tmp_path / "profile", NOW_MS)


def test_that_the_programs_own_list_is_sound(tmp_path: Path) -> None:
    sentence = update_prices(resource_path("prices", "maintained.json"), tmp_path, NOW_MS)
    assert sentence.startswith("Prices now follow the maintained list")
    assert "tenfold" not in sentence


@pytest.mark.parametrize(
    "text", ["{", "[]", json.dumps(offered(providers={"acme": {"models": 5}}))]
)
def test_that_a_damaged_kept_list_gives_way_to_the_programs_own(tmp_path: Path, text: str) -> None:
    (tmp_path / NEWER_LIST).write_text(text, encoding="utf-8")
    assert maintained_list(tmp_path).file == maintained_list().file


def test_that_no_newer_installed_list_says_so(tmp_path: Path) -> None:
    sentence = update_prices(None, tmp_path, NOW_MS)
    assert "up to date" in sentence


def test_that_a_machine_without_the_lists_package_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    sentence = update_prices(None, tmp_path, NOW_MS)
    assert "no newer list is installed" in sentence
    assert "Name a file" in sentence


def test_that_a_newer_installed_package_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alwrity_desktop.core.price_snapshot.version", lambda name: "99.0")
    sentence = update_prices(None, tmp_path, NOW_MS + 40 * 86_400_000)
    assert "99.0" in sentence
    assert maintained_list(tmp_path).file.version == "99.0"
