"""A real SMTP server on loopback that accepts everything unless told what to answer."""

from __future__ import annotations

import email
import email.policy
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Mailbox:
    """What came in: as text, and as messages."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.recipients: list[str] = []
        self.answer_to_recipient = "250 OK"
        self.answer_to_data = "250 OK"

    @property
    def messages(self) -> list[EmailMessage]:
        parse = email.message_from_string
        return [parse(text, policy=email.policy.default) for text in self.texts]

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.answer_to_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer_to_recipient

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.answer_to_data.startswith("250"):
            content = envelope.content
            assert isinstance(content, bytes)
            self.texts.append(content.decode())
            self.recipients += envelope.rcpt_tos
        return self.answer_to_data


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(settings: Any) -> Iterator[Mailbox]:
    """The server, and Django's settings pointing at it."""
    handler = Mailbox()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    settings.EMAIL_USE_TLS = False
    try:
        yield handler
    finally:
        controller.stop()
