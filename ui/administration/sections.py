"""The parts of the administration page: profiles and roles, who came in, the links of contacts, copies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from analysis import french
from analysis.desk import Desk
from analysis.model import Actor, Role
from data import access as doors
from data.access import Profile
from data.register.operations import instant
from ui import access, forms, frame, loading, tables
from ui.administration import contact_links, copies, packs
from ui.administration.parts import PAGE, REFUSED, key, name_of, run, show_outcome
from ui.tables import Column

SECTIONS = {
    "profils": "Profils",
    "liens": "Liens des correspondants",
    "connexions": "Connexions",
    "sauvegardes": "Sauvegardes",
    "territoire": "Nouveau territoire",
}
ROLES = {role.value: french.sentence(role.label) for role in Role if role is not Role.PUBLIC}
RIGHTS = {
    Role.ELU: "lit les chiffres des élus",
    Role.ANALYSTE: "de plus, importe des fichiers de chiffres",
    Role.ANIMATEUR: "de plus, lit et tient le registre des personnes",
    Role.ADMIN: "de plus, gère les profils, les codes et les liens",
}
OUTCOMES = {
    "ok": "entré",
    "wrong": "code faux",
    "unknown": "identité sans profil",
    "unverified": "adresse non vérifiée",
    "bound": "identité liée au profil",
    "unlocked": "attente levée",
}
WAYS = {
    "pin": "code PIN",
    "oidc": "fournisseur d’identité",
    "link": "lien de correspondant",
    "command": "ligne de commande",
}


def show_section(section: str, desk: Desk) -> None:
    """One section of the page."""
    show_outcome()
    copies.show_state(loading.store())
    if section == "connexions":
        sign_ins()
    elif section == "liens":
        contact_links.show_contact_links(desk)
    elif section == "sauvegardes":
        copies.show_copies()
    elif section == "territoire":
        packs.show_new_pack()
    else:
        profiles(desk)


# -- profiles --------------------------------------------------------------------------------------------------


def profiles(desk: Desk) -> None:
    """Who has a profile, adding one, changing one."""
    known = access.profiles()
    entrance = access.current()
    admins = sum(p.role is Role.ADMIN for p in known)
    if not known:
        frame.sentence(
            "Un seul profil, sans nom ni code : qui ouvre Zevillage sur cet ordinateur peut tout y faire."
        )
    else:
        frame.sentence(
            f"{french.quantity(len(known), 'profils')}, dont {french.quantity(admins, 'administrateurs')}."
        )
    if known:
        _table(known, desk.names)
    left, right = st.columns(2, gap="large")
    with left:
        if entrance.way == "open":
            _first(desk)
        else:
            _add(desk, entrance.way)
    with right:
        if known:
            _change(known, desk, entrance.account.actor)
    st.subheader("Ce que permet chaque rôle", anchor=False)
    rows = pd.DataFrame(
        [(french.sentence(role.label), text) for role, text in RIGHTS.items()], columns=["role", "text"]
    )
    tables.show_table(
        rows,
        [Column("role", "Rôle"), Column("text", "Permet")],
        caption="Rôles, du plus étroit au plus large",
    )
    _role_history(known)


def _table(known: list[Profile], names: Mapping[str, str]) -> None:
    rows = [
        (
            p.label,
            french.sentence(p.role.label),
            names.get(p.commune, p.commune),
            french.join(_ways(p)) or "aucun moyen d’entrer",
        )
        for p in known
    ]
    columns = [
        Column("label", "Nom"),
        Column("role", "Rôle"),
        Column("commune", "Commune"),
        Column("ways", "Entre par"),
    ]
    tables.show_table(
        pd.DataFrame(rows, columns=["label", "role", "commune", "ways"]), columns, caption="Profils"
    )


def _ways(profile: Profile) -> list[str]:
    found = ["code PIN"] if profile.pin_mark else []
    if profile.email:
        found.append(profile.email)
    if profile.subject:
        found.append(f"identité de {profile.issuer}")
    return found


def _first(desk: Desk) -> None:
    """The unnamed profile gets a name and a PIN: from then on one is asked."""
    with st.form("administration-first"):
        st.subheader("Donner un nom et un code à votre profil", anchor=False)
        frame.note(
            "Tant qu’il n’y a qu’un profil, rien n’est demandé. Pour en ajouter d’autres, protégez d’abord le vôtre\u202f: "
            "il restera administrateur, et Zevillage demandera le code à l’entrée."
        )
        label = st.text_input("Votre nom ou votre fonction", key=key("first-label"), max_chars=60)
        pin = _pin_field("first-pin")
        again = st.text_input(
            "Le même code, une seconde fois", type="password", key=key("first-again"), max_chars=20
        )
        sent = st.form_submit_button("Protéger mon profil", type="primary", icon=":material/lock:")
    if sent and pin != again:
        st.session_state[REFUSED] = "Les deux codes ne sont pas les mêmes\u202f: retapez-les."
        st.rerun()
    if sent:
        actor = access.current_actor()
        run(
            lambda: doors.add_profile(loading.store(), actor, label=label, role=Role.ADMIN, pin=pin),
            "Votre profil est protégé. Connectez-vous avec votre code pour continuer.",
        )


def _add(desk: Desk, way: str) -> None:
    with st.form("administration-add"):
        st.subheader("Ajouter un profil", anchor=False)
        label = st.text_input("Nom ou fonction", key=key("add-label"), max_chars=60)
        role = st.selectbox("Rôle", list(ROLES), format_func=ROLES.__getitem__, key=key("add-role"))
        commune = _commune_field(desk, "add-commune", "")
        pin = email = issuer = subject = ""
        if way == "pin":
            pin = _pin_field("add-pin")
        else:
            email = st.text_input("Adresse électronique", key=key("add-email"), max_chars=254)
            frame.note("Ou l’identifiant que la personne lit sur son écran après s’être connectée\u202f:")
            subject = st.text_input("Identifiant", key=key("add-subject"), max_chars=255)
            issuer = st.text_input("Adresse du fournisseur (issuer)", key=key("add-issuer"), max_chars=255)
        sent = st.form_submit_button("Ajouter le profil", type="primary", icon=":material/person_add:")
    if sent:
        actor = access.current_actor()
        run(
            lambda: doors.add_profile(
                loading.store(), actor, label=label, role=Role(role), pin=pin, email=email, issuer=issuer, subject=subject,
                commune=commune,
            ),
            f"Le profil « {label} » est ajouté.",
        )  # fmt: skip


def _change(known: list[Profile], desk: Desk, actor: Actor) -> None:
    """One profile: its role and commune, its PIN, its end. What was on screen is compared with what stands when it is written."""
    st.subheader("Modifier un profil", anchor=False)
    by_id = {p.id: p for p in known}
    chosen = st.selectbox(
        "Profil", list(by_id), format_func=lambda i: by_id[i].label, key="administration:who"
    )
    profile = by_id[chosen]
    seen = PAGE.snapshot(f"profile:{profile.id}", profile)
    store = loading.store()
    if seen.version != profile.version:
        forms.message(
            f"Ce profil vient d’être modifié : il est {profile.role.label}.".replace(" :", "\u202f:"), "note"
        )
    with st.form("administration-change"):
        options = list(ROLES)
        role = st.selectbox(
            "Rôle", options, index=options.index(profile.role.value) if profile.role.value in options else 0,
            format_func=ROLES.__getitem__, key=key(f"role:{profile.id}"),
        )  # fmt: skip
        commune = _commune_field(desk, f"commune:{profile.id}", profile.commune)
        sent = st.form_submit_button("Enregistrer le rôle", icon=":material/save:")
    if sent:
        run(
            lambda: doors.change_profile(
                store, actor, profile.id, seen=seen.version, role=Role(role), commune=commune
            ),
            f"« {profile.label} » est maintenant {Role(role).label}.",
        )
    with st.form("administration-pin"):
        pin = _pin_field(f"pin:{profile.id}")
        renewed = st.form_submit_button("Donner ce code", icon=":material/pin:")
    if renewed:
        run(
            lambda: doors.set_pin(store, actor, profile.id, pin),
            f"« {profile.label} » a un nouveau code ; l’attente éventuelle est levée.",
        )
    if st.button("Lever l’attente après des codes faux", icon=":material/lock_open:"):
        run(
            lambda: doors.unlock(store, actor, profile.id),
            f"« {profile.label} » peut réessayer tout de suite.",
        )
    with st.popover("Retirer ce profil", icon=":material/person_remove:"):
        st.write("Cette personne ne pourra plus entrer. Ce qu’elle a écrit reste, à son nom.")
        if st.button("Retirer définitivement", type="primary"):
            run(
                lambda: doors.remove_profile(store, actor, profile.id, seen=seen.version),
                f"« {profile.label} » ne peut plus entrer.",
            )


def _pin_field(name: str) -> str:
    return str(
        st.text_input(
            "Code PIN", type="password", key=key(name), max_chars=20, autocomplete="new-password",
            help="De 6 à 12 chiffres.",
        ) or ""
    )  # fmt: skip


def _commune_field(desk: Desk, name: str, value: str) -> str:
    codes = ["", *desk.names]
    return str(
        st.selectbox(
            "Commune (facultative)", codes, index=codes.index(value) if value in codes else 0,
            format_func=lambda code: desk.names.get(code, "aucune"), key=key(name),
            help="Celle d’un élu ou d’une mairie : elle est montrée d’abord.".replace(" :", "\u202f:"),
        ) or ""
    )  # fmt: skip


def _role_history(known: list[Profile]) -> None:
    with loading.store().read() as session:
        changes = doors.role_changes(session)
        names = {p.id: p.label for p in doors.profiles(session, removed=True)}
    if not changes:
        return
    words: dict[str, str] = {"": french.DASH, **{role.value: role.label for role in Role}}
    rows = [
        (
            instant(c.at),
            name_of(c.actor, names),
            names.get(c.profile, "profil effacé"),
            words[c.before],
            words[c.after],
        )
        for c in changes
    ]
    columns = [
        Column("at", "Quand"),
        Column("actor", "Par qui"),
        Column("who", "Profil"),
        Column("before", "Avant"),
        Column("after", "Après"),
    ]
    with st.expander("Historique des rôles", icon=":material/history:"):
        tables.show_table(
            pd.DataFrame(rows, columns=["at", "actor", "who", "before", "after"]),
            columns,
            caption="Changements de rôle, du plus récent",
        )


# -- who came in -----------------------------------------------------------------------------------------------


def sign_ins() -> None:
    """What was tried at the door."""
    with loading.store().read() as session:
        tried = doors.attempts(session, 100)
        names = {p.id: p.label for p in doors.profiles(session, removed=True)}
    if not tried:
        frame.sentence("Personne ne s’est encore connecté.")
        return
    wrong = sum(t.outcome not in ("ok", "bound", "unlocked") for t in tried)
    frame.sentence(
        f"{french.quantity(len(tried), 'derniers passages')}, dont {french.quantity(wrong, 'refusés')}."
    )
    rows: list[tuple[Any, ...]] = [
        (instant(t.at), name_of(t.who, names), WAYS[t.way], OUTCOMES[t.outcome]) for t in tried
    ]
    columns = [
        Column("at", "Quand"),
        Column("who", "Qui"),
        Column("way", "Par"),
        Column("outcome", "Résultat"),
    ]
    tables.show_table(
        pd.DataFrame(rows, columns=["at", "who", "way", "outcome"]),
        columns,
        caption="Passages, du plus récent",
    )
    frame.note("Gardés 400 jours. Ni code, ni adresse de l’ordinateur n’y sont notés.")
