"""Addresses: https or this computer, and nothing that leads elsewhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core.asking.addresses import server_address
from alwrity_desktop.core.domain.errors import PersonError


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://api.example.com", "https://api.example.com:443/x"),
        (" https://API.example.com/api/ ", "https://api.example.com:443/api/x"),
        ("http://localhost:8000/api", "http://localhost:8000/api/x"),
        ("http://127.0.0.1", "http://127.0.0.1:80/x"),
        ("http://[::1]:8000", "http://[::1]:8000/x"),
    ],
)
def test_that_good_addresses_are_taken(text: str, url: str) -> None:
    assert server_address(text).url("/x") == url


@pytest.mark.parametrize(
    "text",
    [
        "",
        "api.example.com",
        "ftp://api.example.com",
        "file:///etc/passwd",
        "https://",
        "https://a b",
        "https://api.example.com:99999",
        "https://[::1",
        "https://api.example.com\r\nX: y",
        "https://" + "a" * 70 + ".example.com",
        "https://user:canary@api.example.com",
        "https://api.example.com/?token=canary",
        "https://api.example.com/#canary",
        "http://api.example.com",
        "http://10.0.0.1",
        "http://169.254.169.254",
        "http://localhost.example.com",
    ],
)
def test_that_other_addresses_are_refused_without_quoting_them(text: str) -> None:
    with pytest.raises(PersonError) as caught:
        server_address(text)
    assert "canary" not in str(caught.value)


def test_that_http_is_refused_on_this_computer_too_where_it_is_not_allowed() -> None:
    with pytest.raises(PersonError):
        server_address("http://localhost:8000", is_loopback_allowed=False)


@given(st.text(max_size=60))
def test_that_no_path_leaves_the_server(path: str) -> None:
    address = server_address("https://api.example.com/api")
    assert address.url(path.encode("utf-8", "replace").decode()).startswith(
        "https://api.example.com:443/api/"
    )


@pytest.mark.parametrize(
    "location",
    [
        "https://evil.example.com/x",
        "//evil.example.com/x",
        "http://api.example.com/x",
        "https://api.example.com:444/x",
        "https://user:pw@api.example.com/x",
        "file:///etc/passwd",
        "https://api.example.com.evil.com/x",
        "http://169.254.169.254/",
        "https://[broken/x",
    ],
)
def test_that_redirects_elsewhere_are_known(location: str) -> None:
    address = server_address("https://api.example.com")
    assert address.redirected("https://api.example.com:443/a/b", location) is None


def test_that_redirects_within_the_server_are_followed() -> None:
    address = server_address("https://api.example.com")
    url = "https://api.example.com:443/a/b"
    assert address.redirected(url, "/a/b/") == "https://api.example.com:443/a/b/"
    assert address.redirected(url, "https://api.example.com/c") == "https://api.example.com/c"


def test_that_live_updates_are_encrypted_wherever_the_address_is() -> None:
    assert server_address("https://a.example.com").live_url("/ws") == "wss://a.example.com:443/ws"
    assert server_address("http://localhost:8000").live_url("/ws") == "ws://localhost:8000/ws"
