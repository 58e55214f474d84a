"""What stops the start: an address or a secret with which the wrong person could come in."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ui.place import Place
from ui.server.start_checks import refusals

URL = "https://zevillage.exemple.fr"
GOOD = {
    "redirect_uri": f"{URL}/oauth2callback",
    "cookie_secret": "q8Wz-5fJ0-by-chance-K2-7dTn-Lp3x-Vb6",
    "client_id": "zevillage",
    "client_secret": "s",
    "server_metadata_url": "https://id.exemple.fr/.well-known/openid-configuration",
}
SAFE = {"server.enableXsrfProtection": True, "server.enableCORS": True, "server.trustedUserHeaders": {}}


def asked(
    url: str = URL,
    auth: dict[str, object] | None = None,
    files: tuple[Path, ...] = (),
    base: str = "",
    **options: object,
) -> str:
    where = Place(True, url, frozenset(), bool(auth))
    return "\n".join(
        refusals(
            where,
            GOOD if auth is None else auth,
            files,
            {**SAFE, **{f"server.{k}": v for k, v in options.items()}},
            base,
        )
    )


def without(name: str, **more: object) -> dict[str, object]:
    return {**{key: value for key, value in GOOD.items() if key != name}, **more}


def test_a_complete_configuration_starts() -> None:
    assert asked() == ""
    assert asked(url="", auth={}) == ""  # one machine, nothing configured
    assert (
        asked(
            base="/zevillage/", auth=without("redirect_uri", redirect_uri=f"{URL}/zevillage/oauth2callback")
        )
        == ""
    )
    local = without("redirect_uri", redirect_uri="http://127.0.0.1:8501/oauth2callback")
    assert asked(url="http://127.0.0.1:8501", auth=local) == ""


@pytest.mark.parametrize("name", list(GOOD))
def test_each_missing_setting_is_named(name: str) -> None:
    assert f"{name} manque" in asked(auth=without(name))


@pytest.mark.parametrize(
    "secret",
    [
        "court",
        "a" * 60,
        "change-me-change-me-change-me-change-me",
        "votre-secret-ici-votre-secret-ici-0123456789",
    ],
)
def test_a_secret_that_can_be_guessed_is_refused(secret: str) -> None:
    assert "cookie_secret est trop court ou se devine" in asked(
        auth=without("cookie_secret", cookie_secret=secret)
    )


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://zevillage.exemple.fr", "en clair"),
        ("zevillage.exemple.fr", "écrivez l’adresse seule"),
        ("https://zevillage.exemple.fr/chemin", "écrivez l’adresse seule"),
        ("https://moi:secret@zevillage.exemple.fr", "écrivez l’adresse seule"),
        ("", "ZEVILLAGE_PUBLIC_URL manque"),
        ("https://autre.exemple.fr", "il doit être https://autre.exemple.fr/oauth2callback"),
    ],
)
def test_an_address_that_is_not_safe_or_not_the_same_is_refused(url: str, said: str) -> None:
    assert said in asked(url=url)


def test_what_would_let_anybody_name_themselves_is_refused() -> None:
    assert "trustedUserHeaders" in asked(trustedUserHeaders={"X-User": "email"})
    assert "trustedUserHeaders" in asked(url="", auth={}, trustedUserHeaders={"X-User": "email"})
    assert "enableXsrfProtection" in asked(enableXsrfProtection=False)
    assert "enableCORS" in asked(enableCORS=False)
    plain = without(
        "server_metadata_url", server_metadata_url="http://id.exemple.fr/.well-known/openid-configuration"
    )
    assert "https://" in asked(auth=plain)


def test_several_providers_are_refused_and_so_is_none() -> None:
    of_one = {key: GOOD[key] for key in ("client_id", "client_secret", "server_metadata_url")}
    shared = {key: GOOD[key] for key in ("redirect_uri", "cookie_secret")}
    assert "n’en connaît qu’un" in asked(auth={**shared, "keycloak": of_one})
    assert "ne nomme aucun fournisseur" in asked(auth=dict(shared))


@pytest.mark.skipif(os.name != "posix", reason="files have no such permissions here")
def test_a_file_of_secrets_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "secrets.toml"
    path.write_text("[auth]")
    path.chmod(0o640)
    assert f"chmod 600 {path}" in asked(files=(path,))
    path.chmod(0o600)
    assert asked(files=(path,)) == ""
