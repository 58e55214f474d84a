"""Messages by e-mail, through the relay that the server's settings name; nothing is sent where they name none.

Environment: `ZEVILLAGE_SMTP_HOST` (the relay; without it no message leaves), `ZEVILLAGE_SMTP_SECURITY` (`starttls`, the default, `tls` or
`none`; `none` only to a relay on this machine), `ZEVILLAGE_SMTP_PORT` (587, 465 or 25 by the security), `ZEVILLAGE_SMTP_USER` and
`ZEVILLAGE_SMTP_PASSWORD`, `ZEVILLAGE_MAIL_FROM` (who writes; needed with a relay), `ZEVILLAGE_MAIL_REPLY_TO` (whom to answer).
"""

from __future__ import annotations

import ipaddress
import os
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid

from analysis.french import spaced
from data.register import RegisterError, checks

SECURITIES: Mapping[str, int] = {"starttls": 587, "tls": 465, "none": 25}
"""How the way to the relay is closed, and the port that goes with it."""
SECONDS = 15.0


class MailError(RuntimeError):
    """The settings of the relay say nothing that can be used, or a message could not be handed to it. In French."""

    def __init__(self, message: str) -> None:
        super().__init__(spaced(message))


@dataclass(frozen=True)
class Relay:
    """A mail server that takes our messages, and the address in whose name they go."""

    host: str
    port: int
    security: str
    sender: str
    user: str = ""
    password: str = ""
    reply_to: str = ""


def relay(environ: Mapping[str, str] = os.environ) -> Relay | None:
    """The relay of the settings, None where they name none. Raises MailError when they contradict themselves."""

    def setting(name: str) -> str:
        return environ.get(name, "").strip()

    host = setting("ZEVILLAGE_SMTP_HOST")
    if not host:
        return None
    security = setting("ZEVILLAGE_SMTP_SECURITY").lower() or "starttls"
    if security not in SECURITIES:
        raise MailError(
            f"ZEVILLAGE_SMTP_SECURITY vaut « {security} » : écrivez {', '.join(SECURITIES)} (starttls si rien n’est dit)."
        )
    user, password = setting("ZEVILLAGE_SMTP_USER"), environ.get("ZEVILLAGE_SMTP_PASSWORD", "")
    if security == "none" and not _here(host):
        raise MailError(
            f"ZEVILLAGE_SMTP_SECURITY vaut none alors que le relais « {host} » n’est pas cette machine : "
            "les messages et leurs codes passeraient en clair. Écrivez starttls ou tls."
        )
    if bool(user) != bool(password):
        raise MailError("ZEVILLAGE_SMTP_USER et ZEVILLAGE_SMTP_PASSWORD vont ensemble : il en manque un.")
    port = setting("ZEVILLAGE_SMTP_PORT") or str(SECURITIES[security])
    if not port.isdecimal() or not 1 <= int(port) <= 65535:
        raise MailError(f"ZEVILLAGE_SMTP_PORT vaut « {port} » : écrivez un numéro de port, de 1 à 65535.")
    addresses = {}
    for name in ("ZEVILLAGE_MAIL_FROM", "ZEVILLAGE_MAIL_REPLY_TO"):
        try:
            addresses[name] = checks.email(setting(name)) or ""
        except RegisterError as error:
            raise MailError(f"{name} : {error}") from error
    if not addresses["ZEVILLAGE_MAIL_FROM"]:
        raise MailError(
            "ZEVILLAGE_MAIL_FROM manque : l’adresse au nom de laquelle les messages partent, par exemple reseau@exemple.fr."
        )
    return Relay(
        host, int(port), security, addresses["ZEVILLAGE_MAIL_FROM"], user, password, addresses["ZEVILLAGE_MAIL_REPLY_TO"]
    )  # fmt: skip


def _here(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def send(relay: Relay, to: str, subject: str, body: str) -> None:
    """Hand one message of plain text to the relay. Raises MailError when it does not take it; nothing was sent then.

    `to` and `subject` hold no line break: the message would be refused before it leaves.
    """
    try:
        message = _message(relay, to, subject, body)
    except ValueError as error:
        raise MailError(
            "Le message n’est pas parti : son adresse ou son objet ne peut pas être écrit."
        ) from error
    try:
        if relay.security == "tls":
            with smtplib.SMTP_SSL(relay.host, relay.port, timeout=SECONDS, context=_context()) as server:
                _hand_over(server, relay, message)
        else:
            with smtplib.SMTP(relay.host, relay.port, timeout=SECONDS) as server:
                if relay.security == "starttls":
                    server.starttls(context=_context())
                _hand_over(server, relay, message)
    except smtplib.SMTPRecipientsRefused as error:
        raise MailError("Le message n’est pas parti : le relais refuse cette adresse.") from error
    except (smtplib.SMTPException, OSError) as error:
        # What a relay answers may quote the address: only the kind of failure is said.
        raise MailError(
            f"Le message n’est pas parti : le relais {relay.host}:{relay.port} ne l’a pas pris ({type(error).__name__})."
        ) from error


def _context() -> ssl.SSLContext:
    return ssl.create_default_context()


def _message(relay: Relay, to: str, subject: str, body: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = relay.sender
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = formatdate(localtime=True)
    message["Message-ID"] = make_msgid(domain=relay.sender.rpartition("@")[2])
    # No answering machine answers a machine.
    message["Auto-Submitted"] = "auto-generated"
    if relay.reply_to:
        message["Reply-To"] = relay.reply_to
    message.set_content(body, cte="quoted-printable")
    return message


def _hand_over(server: smtplib.SMTP, relay: Relay, message: EmailMessage) -> None:
    if relay.user:
        server.login(relay.user, relay.password)
    server.send_message(message)
