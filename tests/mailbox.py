"""A real mail server on this machine for the tests: it takes what is sent to it, and keeps it."""

from __future__ import annotations

import email
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.browser.harness import free_port


@dataclass
class Mailbox:
    """What arrived, in order. `refused`: addresses that the server does not take."""

    port: int = 0
    received: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient, or not."""
        if address in self.refused:
            return "550 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep a message."""
        message = email.message_from_bytes(envelope.original_content or b"", policy=default)
        assert isinstance(message, EmailMessage)
        self.received.append((list(envelope.rcpt_tos), message))
        return "250 OK"

    @property
    def settings(self) -> dict[str, str]:
        """The settings of a server of ours that sends through it."""
        return {
            "ZEVILLAGE_SMTP_HOST": "127.0.0.1",
            "ZEVILLAGE_SMTP_PORT": str(self.port),
            "ZEVILLAGE_SMTP_SECURITY": "none",
            "ZEVILLAGE_MAIL_FROM": "reseau@exemple.fr",
        }

    def text(self, place: int = -1) -> str:
        """The text of one message."""
        return str(self.received[place][1].get_content()).replace("\r\n", "\n")


@contextmanager
def mailbox(**options: Any) -> Iterator[Mailbox]:
    """A server that runs until the block ends, on a free port of the loopback address."""
    kept = Mailbox(free_port())
    controller = Controller(kept, hostname="127.0.0.1", port=kept.port, **options)
    controller.start()
    try:
        yield kept
    finally:
        controller.stop()
