"""What connected servers are asked to do: one frozen value with one method for each thing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import msgspec

from alwrity_desktop.core.accounts import Account
from alwrity_desktop.core.context import Context
from alwrity_desktop.core.domain.errors import AlwrityError
from alwrity_desktop.core.plan_comparison import compare_plans
from alwrity_desktop.ui.events import (
    AccountKept,
    AccountsListed,
    AccountTried,
    Done,
    PageReady,
    PlansCompared,
    PreflightReady,
    TokenPlaceReady,
    Topic,
)
from alwrity_desktop.ui.jobs import Post


class ListAccounts(msgspec.Struct, frozen=True):
    """Say which accounts there are and how each stands; asks no server."""

    topic: ClassVar[Topic] = Topic.ACCOUNTS

    def run(self, context: Context, post: Post) -> None:
        """Post the accounts."""
        post(AccountsListed(context.accounts(), context.desk.list()))


class FindTokenPlace(msgspec.Struct, frozen=True):
    """Say where tokens are kept on this computer."""

    topic: ClassVar[Topic] = Topic.ACCOUNTS

    def run(self, context: Context, post: Post) -> None:
        """Post one sentence, also where there is no such place."""
        try:
            sentence = context.desk.where_tokens_are()
        except AlwrityError as error:
            sentence = str(error)
        post(TokenPlaceReady(sentence))


class TryAccount(msgspec.Struct, frozen=True):
    """Ask the server of an account who it is, without keeping anything."""

    topic: ClassVar[Topic] = Topic.ACCOUNTS
    account: Account
    #: None tries the token that is kept, or the command.
    token: str | None

    def run(self, context: Context, post: Post) -> None:
        """Post what answered, or why nothing did: the dialog shows it beside the field."""
        try:
            post(AccountTried(is_ok=True, sentence=context.desk.check(self.account, self.token)))
        except AlwrityError as error:
            post(AccountTried(is_ok=False, sentence=str(error)))


class AddAccount(msgspec.Struct, frozen=True):
    """Connect an account and keep its token."""

    topic: ClassVar[Topic] = Topic.ACCOUNTS
    account: Account
    token: str | None

    def run(self, context: Context, post: Post) -> None:
        """Post where the token is kept, or why the account cannot be had."""
        try:
            sentence = context.desk.add(self.account, self.token)
        except AlwrityError as error:
            post(AccountTried(is_ok=False, sentence=str(error)))
            return
        post(AccountKept(self.account.name, sentence, is_new=True))
        ListAccounts().run(context, post)


class ReplaceToken(msgspec.Struct, frozen=True):
    """Give an account another token, or another command that prints one."""

    topic: ClassVar[Topic] = Topic.ACCOUNTS
    name: str
    token: str | None
    command: tuple[str, ...] = ()

    def run(self, context: Context, post: Post) -> None:
        """Post where the token is kept, or why it cannot be taken."""
        try:
            if self.token is None:
                context.desk.set_token_command(self.name, self.command)
                sentence = ""
            else:
                sentence = context.desk.set_token(self.name, self.token)
        except AlwrityError as error:
            post(AccountTried(is_ok=False, sentence=str(error)))
            return
        post(AccountKept(self.name, sentence))
        ListAccounts().run(context, post)


class RemoveAccount(msgspec.Struct, frozen=True):
    """Disconnect an account; its calls stay in the ledger."""

    topic: ClassVar[Topic] = Topic.ACCOUNTS
    name: str

    def run(self, context: Context, post: Post) -> None:
        """Forget the account and its token, and say which are left."""
        context.desk.remove(self.name)
        post(Done(self.topic))
        ListAccounts().run(context, post)


class AskPreflight(msgspec.Struct, frozen=True):
    """Ask what planned operations would cost."""

    topic: ClassVar[Topic] = Topic.SERVER
    name: str
    operations: tuple[Mapping[str, str | int], ...]

    def run(self, context: Context, post: Post) -> None:
        """Post the answer, or why there is none."""
        try:
            post(PreflightReady(context.desk.preflight(self.name, self.operations)))
        except AlwrityError as error:
            post(PreflightReady(None, str(error)))


class FetchPage(msgspec.Struct, frozen=True):
    """Ask for the address of a page of the server."""

    topic: ClassVar[Topic] = Topic.SERVER
    name: str
    #: "checkout" or "portal".
    what: str
    tier: str = ""
    cycle: str = "monthly"

    def run(self, context: Context, post: Post) -> None:
        """Post the address; nothing is opened before the person has seen the host."""
        url = context.desk.link(self.name, self.what, self.tier, self.cycle)
        post(PageReady(self.what, url))


class ComparePlans(msgspec.Struct, frozen=True):
    """Replay the calls of an account on every plan; asks no server."""

    topic: ClassVar[Topic] = Topic.CALLS
    name: str

    def run(self, context: Context, post: Post) -> None:
        """Post how they would have fared."""
        post(PlansCompared(self.name, compare_plans(context, self.name)))
