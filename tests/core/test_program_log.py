"""The program's log: no keys, no quoted text, never longer than twice its limit."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from alwrity_desktop.core import program_log


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "alwrity-desktop.log"
    logger = program_log.start(path)
    yield path
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
        handler.close()
    logger.propagate = True


SECRETS = (
    "sk-ant-api03-CANARY_abcdef123456",
    "AIzaCANARYCANARYCANARYCANARY12345",
    "eyJhbGciOi.eyJCANARY.abc-def",
    "tvly-CANARY1234567890",
)


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(
    "form",
    ["{}", "Authorization: Bearer {}", "https://x.test/v1?key={}&a=1", "{{'x-api-key': '{}'}}"],
)
def test_that_no_key_is_written_in_any_position(log: Path, form: str, secret: str) -> None:
    logger = logging.getLogger("alwrity_desktop.test")
    logger.warning("asked %s", form.format(secret))
    text = log.read_text()
    assert "CANARY" not in text
    assert "[redacted]" in text


def test_that_a_plain_sentence_stays_as_it_was() -> None:
    sentence = "Read 1,300 files; 12 tokens were input, the key model is gemini-2.5-pro."
    assert program_log.redact(sentence) == sentence


def test_that_an_error_is_logged_by_type_and_place_without_its_words(
    log: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        message = "canary: what a person wrote"
        raise ValueError(message)

    try:
        try:
            fail()
        except ValueError as error:
            another = "canary again"
            raise KeyError(another) from error
    except KeyError:
        logging.getLogger("alwrity_desktop").exception("It failed.")
    text = log.read_text()
    assert caplog.text.count("canary")
    assert "builtins.KeyError" in text
    assert "builtins.ValueError" in text
    assert "in fail" in text
    assert "canary" not in text


def test_that_a_system_error_keeps_the_systems_words(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file") as caught:
        (tmp_path / "absent").read_text()
    assert "No such file" in program_log.stack_of(caught.value)


def test_that_an_error_about_code_keeps_its_words() -> None:
    with pytest.raises(TypeError) as caught:
        int([])  # type: ignore[call-overload]
    assert "not 'list'" in program_log.stack_of(caught.value)


def test_that_a_long_log_is_put_aside_once(log: Path) -> None:
    log.write_text("x" * (program_log.MAX_LOG_BYTES + 1))
    logging.getLogger("alwrity_desktop").info("after")
    assert log.read_text().endswith("after\n")
    assert len(log.read_text()) < 200
    assert log.with_suffix(".log.1").stat().st_size > program_log.MAX_LOG_BYTES


def test_that_a_log_that_cannot_be_written_stops_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    logger = program_log.start(tmp_path / "absent" / "x.log")
    try:
        logger.error("nowhere")
    finally:
        program_log.start(tmp_path / "x.log")
        logger.handlers.clear()
        logger.propagate = True
    assert capsys.readouterr().err == ""
