"""Messages by e-mail: what the settings may say, what arrives at a real server, what a failing relay leaves behind."""

from __future__ import annotations

import pytest

from data import mail
from data.mail import MailError, Relay
from tests.browser.harness import free_port
from tests.mailbox import mailbox

GOOD = {
    "ZEVILLAGE_SMTP_HOST": "smtp.exemple.fr", "ZEVILLAGE_MAIL_FROM": "reseau@exemple.fr",
    "ZEVILLAGE_SMTP_USER": "reseau", "ZEVILLAGE_SMTP_PASSWORD": "un mot de passe",
}  # fmt: skip


def test_without_a_relay_nothing_is_sent() -> None:
    assert mail.relay({}) is None and mail.relay({"ZEVILLAGE_SMTP_HOST": " "}) is None


def test_the_security_gives_the_port() -> None:
    assert mail.relay(GOOD) == Relay(
        "smtp.exemple.fr", 587, "starttls", "reseau@exemple.fr", "reseau", "un mot de passe"
    )
    found = mail.relay(
        GOOD | {"ZEVILLAGE_SMTP_SECURITY": "TLS", "ZEVILLAGE_MAIL_REPLY_TO": "claire@exemple.fr"}
    )
    assert found is not None and (found.port, found.reply_to) == (465, "claire@exemple.fr")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"ZEVILLAGE_SMTP_SECURITY": "ssl"}, "écrivez starttls, tls, none"),
        ({"ZEVILLAGE_SMTP_SECURITY": "none"}, "passeraient en clair"),
        ({"ZEVILLAGE_SMTP_PORT": "99999"}, "numéro de port"),
        ({"ZEVILLAGE_SMTP_PASSWORD": ""}, "il en manque un"),
        ({"ZEVILLAGE_MAIL_FROM": ""}, "ZEVILLAGE_MAIL_FROM manque"),
        ({"ZEVILLAGE_MAIL_FROM": "reseau"}, "n'est pas une adresse"),
    ],
)  # fmt: skip
def test_settings_that_contradict_themselves_are_refused(changed: dict[str, str], said: str) -> None:
    with pytest.raises(MailError, match=said):
        mail.relay(GOOD | changed)


def test_a_message_arrives_as_it_was_written() -> None:
    with mailbox() as box:
        relay = mail.relay(box.settings | {"ZEVILLAGE_MAIL_REPLY_TO": "claire@exemple.fr"})
        assert relay is not None
        mail.send(
            relay,
            "candidate@exemple.fr",
            "Votre dossier est reçu",
            "Bonjour,\n\nÀ bientôt à Sainte-Scolasse.\n",
        )
    ((to, message),) = box.received
    assert to == ["candidate@exemple.fr"] and message["Subject"] == "Votre dossier est reçu"
    assert box.text() == "Bonjour,\n\nÀ bientôt à Sainte-Scolasse.\n"
    assert message["From"] == "reseau@exemple.fr" and message["Reply-To"] == "claire@exemple.fr"
    assert message["Auto-Submitted"] == "auto-generated" and message["Message-ID"].endswith("@exemple.fr>")


def test_a_header_cannot_be_added_through_an_address_or_a_subject() -> None:
    with mailbox() as box:
        relay = mail.relay(box.settings)
        assert relay is not None
        for to, subject in (
            ("a@exemple.fr\nBcc: b@exemple.fr", "x"),
            ("a@exemple.fr", "x\r\nBcc: b@exemple.fr"),
        ):
            with pytest.raises(MailError, match="ne peut pas être écrit"):
                mail.send(relay, to, subject, "texte")
    assert box.received == []


def test_a_relay_that_refuses_or_does_not_answer_is_told_without_the_address() -> None:
    with mailbox() as box:
        box.refused.add("nobody@exemple.fr")
        relay = mail.relay(box.settings)
        assert relay is not None
        with pytest.raises(MailError, match="refuse cette adresse") as told:
            mail.send(relay, "nobody@exemple.fr", "x", "texte")
    with pytest.raises(MailError, match="ne l’a pas pris"):
        mail.send(Relay("127.0.0.1", free_port(), "none", "reseau@exemple.fr"), "a@exemple.fr", "x", "texte")
    assert "nobody" not in str(told.value)


def test_a_relay_without_tls_is_not_spoken_to_in_clear() -> None:
    with mailbox() as box:
        relay = Relay("127.0.0.1", box.port, "starttls", "reseau@exemple.fr")
        with pytest.raises(MailError, match="SMTPNotSupportedError"):
            mail.send(relay, "a@exemple.fr", "x", "texte")
    assert box.received == []
