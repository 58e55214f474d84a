"""`/candidater`: the public form, in four short steps, for a phone on a bad line. Written by the server: ten kilobytes, no script.

Each step is kept in the store when it is left, right or wrong. A cookie that no script reads leads back to it on the same device; a number
to copy, or a link, on another one. Nobody is refused by a machine: what a robot may have written waits for a coordinator.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from analysis import french
from analysis.applications import letters
from analysis.applications.clocks import due_day
from data import access as doors
from data import candidacy, mail
from data.candidacy import AnswersRefused, CandidacyError, Draft, NoDraft, Question
from data.register import RegisterError
from data.store import StoreError
from ui import clock, loading, place
from ui.server import plain
from ui.server.door import cookie_of, same_site
from ui.server.plain import TooLarge
from ui.settings import base_path

COOKIE = "zevillage_candidature"
KEPT_SECONDS = 12 * 3600  # the number leads back afterwards: a phone may be lent
TITLE = "Envoyer un dossier"
MOST_BYTES = 64 * 1024
LONGEST_LINK = 200
TRAP = "site_professionnel"
"""A field that nobody sees, and that robots fill in."""
_REFUSED = (CandidacyError, StoreError, doors.AccessError)


async def candidacy_page(request: Request) -> Response:
    """The form where its author left it, or what became of what was sent."""
    if request.method == "GET":
        return await to_thread.run_sync(_shown, _asked(request), dict(request.query_params))
    if not same_site(request.headers):
        return _refused(
            "Ce formulaire ne vient pas de cette page : rouvrez-la, ce que vous avez écrit est gardé."
        )
    try:
        form = await plain.sent(request, MOST_BYTES)
    except TooLarge:
        return _refused("Ce que vous envoyez est trop long : raccourcissez vos textes.", 413)
    typed = {name: str(value) for name, value in form.items()}
    return await to_thread.run_sync(_answered, _asked(request), typed)


@dataclass(frozen=True)
class _Asked:
    """Who asks. `number`: the one their cookie holds, empty without one; `who`: what stands for their address today; `origin`: scheme, host
    and port by which they reach this server.
    """

    number: str
    who: str
    origin: str


def _asked(request: Request) -> _Asked:
    where = place.read()
    peer = request.client.host if request.client else None
    address = place.visitor_address(where, peer, request.headers.get("x-forwarded-for", ""))
    secret = _secret()
    try:
        number = candidacy.read_link(cookie_of(request.headers, COOKIE)[:LONGEST_LINK], secret)
    except NoDraft:
        number = ""
    origin = where.url or f"{request.url.scheme}://{request.headers.get('host', '')}"
    return _Asked(number, candidacy.visitor(address, secret, clock.instant().date()), origin)


def _secret() -> str:
    return doors.server_secret(loading.store().files)


def _address(query: str = "") -> str:
    return f"{base_path()}/candidater{query}"


# -- what is shown -------------------------------------------------------------------------------------------------


def _shown(asked: _Asked, query: Mapping[str, str]) -> Response:
    store = loading.store()
    if link := query.get("reprise", "")[:LONGEST_LINK]:
        try:
            candidacy.count(store, "resume", asked.who, clock.instant())
            return _entered(candidacy.read_link(link, _secret()))
        except _REFUSED as error:
            return _first(str(error), status=403)
    draft = _draft(asked.number)
    if draft is None:
        return _first()
    if draft.sent:
        return _sent_page(draft)
    wanted = query.get("etape", "")
    if wanted.isdecimal() and 1 <= int(wanted) <= min(draft.step + 1, candidacy.LAST):
        return _step(asked, draft, int(wanted))
    if draft.step == candidacy.LAST and draft.code_sent:
        return _code(draft)
    return _step(asked, draft, min(draft.step + 1, candidacy.LAST))


def _draft(number: str) -> Draft | None:
    if not number:
        return None
    store = loading.store()
    try:
        with store.read() as session:
            return candidacy.resume(session, number, store.clock())
    except NoDraft:
        return None


def _entered(number: str) -> Response:
    """The number is good: it is kept in a cookie, and the address is cleaned of it. Raises NoDraft."""
    store = loading.store()
    with store.read() as session:
        candidacy.resume(session, number, store.clock())
    answer = RedirectResponse(
        _address(), 303, headers={"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
    )
    # Lax: a link is followed from a message, that is from another site.
    answer.set_cookie(
        COOKIE, candidacy.signed_number(number, _secret()), KEPT_SECONDS,
        path=_address(), httponly=True, samesite="lax",
    )  # fmt: skip
    return answer


def _page(body: Sequence[str], status: int = 200, title: str = TITLE) -> Response:
    demo = (
        plain.text(
            "Démonstration : ce dossier rejoindra des dossiers inventés, n’écrivez rien de vrai.", "note"
        )
        if loading.store().network_origin() == "demo"
        else ""
    )
    answer = plain.page(base_path(), title, [demo, *body], status)
    answer.headers["Referrer-Policy"] = "same-origin"
    return answer


def _refused(reason: str, status: int = 403) -> Response:
    return _page([plain.text(reason, "alert"), _back()], status)


def _back() -> str:
    return f'<p><a href="{html.escape(_address())}">{html.escape("Revenir au formulaire")}</a></p>'


def _first(refused: str = "", typed: str = "", status: int = 200) -> Response:
    """Before anything: what is asked, how to begin, how to go on with what was begun elsewhere."""
    here = loading.territory()
    parts = [
        plain.text(refused, "alert") if refused else "",
        plain.text(
            f"Vous voulez vous installer dans le territoire {here.name} et y travailler à distance ? "
            "Quatre courtes étapes : votre projet, votre métier, votre foyer, vos coordonnées. Dix minutes suffisent."
        ),
        plain.text(
            "Ce que vous écrivez est gardé à chaque étape : vous pouvez vous arrêter et reprendre, aussi sur un autre appareil. "
            "Aucun papier n’est demandé ici."
        ),
        plain.form(_address(), [plain.hidden("action", "start"), _trap()], "Commencer"),
        '<div class="aside"><h2>Reprendre un dossier commencé</h2>',
        plain.form(
            _address(),
            [
                plain.hidden("action", "resume"),
                plain.field(
                    "Numéro de reprise", "numero", value=typed, hint="Douze lettres et chiffres, par exemple 4F7K-9Q2M-XH3B.",
                    more='autocapitalize="characters" maxlength="40"',
                ),
            ],
            "Reprendre",
            kind="second",
        ),
        "</div>",
    ]  # fmt: skip
    return _page(parts, status)


def _trap(seen: bool = False) -> str:
    """The field for robots; shown when it was filled in, so that a person whose browser filled it can empty it."""
    shown = plain.field("Laissez ce champ vide", TRAP, more='tabindex="-1" autocomplete="off"')
    return shown if seen else f'<div class="left" aria-hidden="true">{shown}</div>'


def _step(
    asked: _Asked,
    draft: Draft,
    step: int,
    refused: AnswersRefused | None = None,
    said: str = "",
    trapped: bool = False,
) -> Response:
    wanted = candidacy.STEPS[step - 1]
    wrong = {problem.field: problem.message for problem in refused.problems} if refused else {}
    many = french.counted(len(wrong), "réponse est à revoir", "réponses sont à revoir")
    last = step == candidacy.LAST
    keeping = letters.keeping_sentence(loading.territory().keeping.candidate_years)
    done = "".join(
        f'<li class="{"past" if each.number <= step else "next"}"></li>' for each in candidacy.STEPS
    )
    parts = [
        f'<ol class="steps" aria-hidden="true">{done}</ol>',
        f"<h2>{html.escape(french.spaced(f'Étape {step} sur {candidacy.LAST} : {wanted.title}'))}</h2>",
        plain.text(f"{many[:1].upper()}{many[1:]}. Ce que vous avez écrit est gardé.", "alert")
        if wrong
        else "",
        plain.text(said, "alert") if said else "",
        plain.form(
            _address(),
            [
                plain.hidden("action", "step"),
                plain.hidden("etape", str(step)),
                *(
                    _question(each, draft.answers.get(each.name, ""), wrong.get(each.name, ""))
                    for each in wanted.questions
                ),
                plain.text(keeping) if last else "",
                _trap(trapped),
            ],
            "Envoyer mon dossier" if last else "Continuer",
        ),
        f'<p><a href="{html.escape(_address(f"?etape={step - 1}"))}">Étape précédente</a></p>'
        if step > 1
        else "",
        _number(asked),
    ]
    return _page(parts, 422 if wrong or said else 200)


def _number(asked: _Asked) -> str:
    """How to go on elsewhere, and how to leave a device that is not one's own."""
    number = asked.number
    link = f"{asked.origin}{_address(f'?reprise={candidacy.signed_number(number, _secret())}')}"
    days = candidacy.KEPT.days
    return (
        '<div class="aside"><h2>Reprendre plus tard, ou sur un autre appareil</h2>'
        + plain.text(f"Notez ce numéro ; il est valable {days} jours.")
        + f'<p class="number">{candidacy.spaced_number(number)}</p>'
        + f'<details><summary>Ou gardez ce lien</summary><p class="link">{html.escape(link)}</p></details>'
        + plain.form(_address(), [plain.hidden("action", "quit")], "Fermer sur cet appareil", kind="second")
        + "</div>"
    )


def _question(question: Question, value: str, wrong: str) -> str:
    label, name, hint = question.label, question.name, question.hint
    match question.kind:
        case "tick":
            return plain.tick(label, name, ticked=value == "yes", wrong=wrong)
        case "long":
            return plain.area(
                label, name, hint=hint, value=value, wrong=wrong, more=f'maxlength="{question.most}"'
            )
        case "choice":
            options = question.options
            if options is None:
                names = loading.territory().name_of.items()
                rows = sorted(names, key=lambda pair: french.sort_key(pair[1]))
            else:
                rows = [(code, french.sentence(words)) for code, words in options.items()]
            empty = "Choisir" if question.needed else question.empty
            return plain.choice(label, name, rows, value, empty, hint=hint, wrong=wrong)
    kinds = {"email": "email", "tel": "tel"}
    modes = {"whole": 'inputmode="numeric" maxlength="20"', "day": 'maxlength="30"'}
    more = modes.get(question.kind, f'maxlength="{question.most}"') + f' autocomplete="{question.fill}"'
    if question.kind == "email":
        # A browser's own refusal of an address explains nothing and speaks the browser's language.
        more += ' inputmode="email" autocapitalize="none"'
    shown = "text" if question.kind == "email" else kinds.get(question.kind, "text")
    return plain.field(label, name, kind=shown, hint=hint, value=value, wrong=wrong, more=more)


def _code(draft: Draft, said: str = "", status: int = 200) -> Response:
    """The code that was sent to the address typed: type it, ask for another, or go without."""
    hours = int(candidacy.CODE_KEPT.total_seconds() // 3600)
    parts = [
        plain.text(said, "alert") if said else "",
        plain.text(
            f"Un code de six chiffres est parti à {draft.answers.get('email', '')}. Il est valable {hours} heures."
        ),
        plain.form(
            _address(),
            [
                plain.hidden("action", "confirm"),
                plain.field(
                    "Code reçu", "code", more='inputmode="numeric" autocomplete="one-time-code" maxlength="12"'
                ),
            ],
            "Confirmer et envoyer mon dossier",
        ),
        '<div class="aside"><h2>Rien n’est arrivé ?</h2>',
        plain.text("Regardez dans les indésirables, puis demandez un autre code ou corrigez l’adresse."),
        plain.form(_address(), [plain.hidden("action", "code")], "Envoyer un autre code", kind="second"),
        f'<p><a href="{html.escape(_address(f"?etape={candidacy.LAST}"))}">Corriger mes coordonnées</a></p>',
        plain.text("Vous pouvez aussi envoyer sans code : un animateur vérifiera alors votre dossier à la main."),
        plain.form(_address(), [plain.hidden("action", "send")], "Envoyer sans code", kind="second"),
        "</div>",
    ]  # fmt: skip
    return _page(parts, status, "Confirmer votre adresse")


def _sent_page(draft: Draft, link: str = "", said: str = "", mailed: bool = False) -> Response:
    """The acknowledgement: what happens next and when, and the link of the follow-up page where it was just made."""
    received = french.date(draft.sent_on or clock.today())
    next_steps = _next_steps(draft)
    parts = [
        plain.text(f"Votre dossier est reçu, le {received}. Merci.", "status"),
        plain.text(said, "alert") if said else "",
        "<h2>La suite</h2>",
        f"<ol>{''.join(f'<li>{html.escape(each)}</li>' for each in next_steps)}</ol>",
        "<h2>Votre page de suivi</h2>",
    ]
    if link:
        also = " Il est aussi dans le message qui vient de partir." if mailed else ""
        parts += [
            plain.text(
                f"Gardez ce lien : il montre où en est votre dossier, et il est pour vous seul.{also}"
            ),
            f'<p class="link"><a href="{html.escape(link)}">{html.escape(link)}</a></p>',
        ]
    else:
        parts += [
            plain.text(
                "Le lien de suivi a été montré à l’envoi. Perdu ? En voici un autre ; il remplace le premier."
            ),
            plain.form(
                _address(), [plain.hidden("action", "link")], "Obtenir un nouveau lien", kind="second"
            ),
        ]
    parts += [
        plain.text(letters.keeping_sentence(loading.territory().keeping.candidate_years)),
        plain.form(_address(), [plain.hidden("action", "quit")], "Fermer sur cet appareil", kind="second"),
    ]
    return _page(parts, title="Dossier reçu")


def _next_steps(draft: Draft) -> tuple[str, ...]:
    """What happens next to a candidacy that was sent, and by when."""
    received = draft.sent_on or clock.today()
    rule = loading.territory().following.clocks.get("received")
    read_by = due_day(received, rule.target) if rule is not None else None
    return letters.what_comes_next(read_by, held=not draft.application)


# -- what is done --------------------------------------------------------------------------------------------------


def _answered(asked: _Asked, typed: Mapping[str, str]) -> Response:
    action = typed.get("action", "")
    try:
        if typed.get(TRAP):
            return _trapped(asked, typed)
        if action == "start":
            candidacy.count(loading.store(), "start", asked.who, clock.instant())
            return _entered(candidacy.start(loading.store(), loading.store().network_origin()))
        if action == "resume":
            candidacy.count(loading.store(), "resume", asked.who, clock.instant())
            return _entered(candidacy.read_number(typed.get("numero", "")[:60]))
        if action == "quit":
            answer = RedirectResponse(_address(), 303)
            answer.delete_cookie(COOKIE, path=_address(), httponly=True, samesite="lax")
            return answer
        candidacy.count(loading.store(), "step", asked.who, clock.instant())
    except _REFUSED as error:
        return _first(str(error), typed.get("numero", "")[:60], 422)
    draft = _draft(asked.number)
    if draft is None:
        return _first(
            "Ce formulaire n’est plus ouvert sur cet appareil : reprenez-le avec son numéro.", status=422
        )
    if draft.sent and action != "link":
        return _sent_page(draft)
    match action:
        case "step":
            return _left(asked, draft, typed)
        case "code":
            return _code_again(asked, draft)
        case "confirm":
            return _confirmed(asked, draft, typed.get("code", ""))
        case "send" if draft.step == candidacy.LAST:
            return _sent(asked, draft)
        case "link" if draft.sent:
            return _link_again(asked, draft)
    return RedirectResponse(_address(), 303)


def _trapped(asked: _Asked, typed: Mapping[str, str]) -> Response:
    said = (
        "Un champ invisible est rempli : c’est ce que font les robots, et parfois un navigateur qui remplit seul. "
        "Videz-le, puis continuez."
    )
    draft, step = _draft(asked.number), typed.get("etape", "")
    if draft is None or draft.sent or step not in {str(each.number) for each in candidacy.STEPS}:
        return _first(said, status=422)
    shown = {
        **draft.answers,
        **{q.name: typed.get(q.name, "") for q in candidacy.STEPS[int(step) - 1].questions},
    }
    return _step(asked, _with(draft, shown), int(step), said=said, trapped=True)


def _with(draft: Draft, answers: Mapping[str, str]) -> Draft:
    return replace(draft, answers=answers)


def _left(asked: _Asked, draft: Draft, typed: Mapping[str, str]) -> Response:
    """A step was left: it is kept, and the next one is shown, or the form again with what is wrong."""
    store, number = loading.store(), asked.number
    wanted = typed.get("etape", "")
    step = int(wanted) if wanted.isdecimal() else 0
    if not 1 <= step <= draft.step + 1:
        return RedirectResponse(_address(), 303)
    try:
        draft = candidacy.save(store, number, step, typed, loading.territory(), clock.today())
    except AnswersRefused as error:
        kept = _draft(number)
        return _step(asked, kept, step, error) if kept is not None else _first()
    except _REFUSED as error:
        return _first(str(error), status=422)
    if step < candidacy.LAST:
        return RedirectResponse(_address(f"?etape={step + 1}"), 303)
    if not draft.email_confirmed and draft.answers.get("email", "").strip() and mail.relay() is not None:
        return _code_again(asked, draft)
    return _sent(asked, draft)


def _code_again(asked: _Asked, draft: Draft) -> Response:
    """Send a code to the address typed. Where no message leaves, the candidacy goes without."""
    relay, store = mail.relay(), loading.store()
    to = draft.answers.get("email", "").strip()
    if relay is None or not to:
        return _sent(asked, draft)
    try:
        now = clock.instant()
        candidacy.count(store, "code", asked.who, now)
        # Nobody's mailbox is filled from many connections either.
        candidacy.count(store, "code", candidacy.visitor(to.casefold(), _secret(), now.date()), now)
        code = candidacy.make_code(store, asked.number, _secret())
        hours = int(candidacy.CODE_KEPT.total_seconds() // 3600)
        letter = letters.code_letter(loading.territory().network.name, code, hours)
        mail.send(relay, to, letter.subject, letter.text)
    except (*_REFUSED, mail.MailError) as error:
        return _code(draft, str(error), 503)
    return RedirectResponse(_address(), 303)


def _confirmed(asked: _Asked, draft: Draft, code: str) -> Response:
    try:
        candidacy.confirm_address(loading.store(), asked.number, code[:40], _secret())
    except _REFUSED as error:
        return _code(draft, str(error), 422)
    return _sent(asked, replace(draft, email_confirmed=True))


def _sent(asked: _Asked, draft: Draft) -> Response:
    """Send it, and give the link of the follow-up page."""
    store, before = loading.store(), draft
    try:
        draft = candidacy.send(store, asked.number, loading.territory(), clock.today())
        if candidacy.goes_straight(store, draft.id):
            # What the register refuses of it waits for a coordinator, as the others do: it is received all the same.
            with suppress(RegisterError):
                application = candidacy.take_in(store, loading.territory(), clock.today(), draft.id)
                draft = replace(draft, application=application)
    except AnswersRefused as error:  # a day that was to come when it was typed has passed since
        return _step(asked, draft, candidacy.step_of(error.problems[0].field), error)
    except _REFUSED as error:
        return _first(str(error), status=422)
    link = _own_link(asked, draft)
    return _sent_page(draft, link, mailed=_acknowledged(before, draft, link))


def _own_link(asked: _Asked, draft: Draft) -> str:
    text = candidacy.own_link(loading.store(), draft.id, _secret())
    return f"{asked.origin}{base_path()}/suivi?lien={text}"


def _link_again(asked: _Asked, draft: Draft) -> Response:
    try:
        return _sent_page(draft, _own_link(asked, draft))
    except _REFUSED as error:
        return _sent_page(draft, said=str(error))


def _acknowledged(before: Draft, draft: Draft, link: str) -> bool:
    """Send the acknowledgement to an address that was confirmed; whether it left. A relay that fails loses nothing: the page says it all.

    No message leaves without a declared address: a link made of what a visitor's browser asked for could lead elsewhere.
    """
    to, territory = before.answers.get("email", "").strip(), loading.territory()
    try:
        relay = mail.relay()
        if relay is None or not before.email_confirmed or not to or not place.read().url:
            return False
        keeping = letters.keeping_sentence(territory.keeping.candidate_years)
        letter = letters.received_letter(territory.network.name, link, _next_steps(draft), keeping)
        mail.send(relay, to, letter.subject, letter.text)
    except mail.MailError:
        return False
    return True
