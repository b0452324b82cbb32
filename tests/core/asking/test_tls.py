"""Servers that cannot prove who they are are given no token."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme

from alwrity_desktop.core.asking.asker import Asker
from alwrity_desktop.core.asking.network import Network
from alwrity_desktop.core.asking.tokens import FixedToken
from alwrity_desktop.core.clock import Clock
from alwrity_desktop.core.domain.errors import BrokenAnswerError, PersonError
from tests.core.asking.conftest import TOKEN, AnyServer


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusting(authority: trustme.CA, tmp_path: Path) -> Iterator[Network]:
    """Give a network that trusts the test's own authority."""
    file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    network = Network(Clock(), ca_file=str(file))
    yield network
    network.close()


def context_of(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def ask(network: Network, context: ssl.SSLContext, host: str = "127.0.0.1") -> AnyServer:
    with AnyServer(tls=context) as server:
        asker = Asker(server.url.replace("127.0.0.1", host), FixedToken(TOKEN), network=network)
        asker.ask("GET", "/x")
    return server


def test_that_a_server_with_a_trusted_certificate_is_asked(
    trusting: Network, authority: trustme.CA
) -> None:
    server = ask(trusting, context_of(authority.issue_cert("127.0.0.1")))
    assert [request.token for request in server.asked()] == [TOKEN]


def test_that_a_stranger_is_refused(authority: trustme.CA) -> None:
    network = Network(Clock())
    try:
        with pytest.raises(BrokenAnswerError, match="who it is"):
            ask(network, context_of(authority.issue_cert("127.0.0.1")))
    finally:
        network.close()


def test_that_another_hosts_certificate_is_refused(
    trusting: Network, authority: trustme.CA
) -> None:
    with pytest.raises(BrokenAnswerError, match="who it is"):
        ask(trusting, context_of(authority.issue_cert("billing.example.com")))


def test_that_an_expired_certificate_is_refused(trusting: Network, authority: trustme.CA) -> None:
    expired = authority.issue_cert("127.0.0.1", not_after=datetime(2020, 1, 1, tzinfo=UTC))
    with pytest.raises(BrokenAnswerError, match="who it is"):
        ask(trusting, context_of(expired))


def test_that_an_authority_of_ones_own_is_refused(trusting: Network) -> None:
    with pytest.raises(BrokenAnswerError, match="who it is"):
        ask(trusting, context_of(trustme.CA().issue_cert("127.0.0.1")))


def test_that_old_encryption_is_refused(trusting: Network, authority: trustme.CA) -> None:
    assert trusting.tls.minimum_version == ssl.TLSVersion.TLSv1_2
    assert trusting.tls.verify_mode == ssl.CERT_REQUIRED
    assert trusting.tls.check_hostname


def test_that_plain_http_to_another_computer_is_refused(trusting: Network) -> None:
    with pytest.raises(PersonError, match="not encrypted"):
        Asker("http://billing.example.com", FixedToken(TOKEN), network=trusting)
