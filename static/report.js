/*
 * The contact's form (/signaler) on a phone that loses its connection. What is sent is first written down on the phone, then sent; it is
 * struck off when the server says it has it, and tried again until then. A key made once tells the server what it has already.
 * Without this script, or where the phone keeps nothing, the form is sent as any form.
 */
(() => {
  "use strict";
  const PLACE = "zevillage.signaler";
  const AGAIN = 15000, LATER = 300000; // ms: after a lost connection, after « wait a little »
  const main = document.querySelector("main[data-pour]");
  if (!main) return;
  const pour = main.dataset.pour;
  const box = document.getElementById("attente");
  let sending = false, timer = 0, said = "", reason = "";

  const read = () => {
    try { return JSON.parse(localStorage.getItem(PLACE) || "[]"); } catch { return []; }
  };
  const write = (entries) => localStorage.setItem(PLACE, JSON.stringify(entries));
  try { write(read()); } catch { return; }

  const key = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");
  };
  const today = () => {
    const now = new Date();
    const two = (n) => String(n).padStart(2, "0");
    return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  };
  const mine = () => read().filter((entry) => entry.pour === pour);
  const change = (id, values) => write(read().flatMap((entry) => (entry.cle === id ? (values ? [{ ...entry, ...values }] : []) : [entry])));

  const line = (text, role, look = role) => {
    const p = document.createElement("p");
    p.textContent = text;
    if (role) { p.className = look; p.setAttribute("role", role); }
    return p;
  };
  const button = (text, act) => {
    const b = document.createElement("button");
    b.type = "button";
    b.className = "second";
    b.textContent = text;
    b.addEventListener("click", act);
    return b;
  };

  const show = () => {
    const all = mine(), waiting = all.filter((entry) => !entry.refus), others = read().length - all.length;
    box.replaceChildren();
    if (said) box.append(line(said, "status"));
    if (waiting.length) {
      const one = waiting.length === 1;
      box.append(line(
        `${one ? "1 signalement est" : `${waiting.length} signalements sont`} en attente sur ce téléphone${reason}. ` +
        `${one ? "Il partira seul" : "Ils partiront seuls"} dès que possible\u202f; si vous fermez cette page, rouvrez votre lien plus tard.`, "status", "waiting"));
      const list = document.createElement("ul");
      for (const entry of waiting) list.append(Object.assign(document.createElement("li"), { textContent: entry.nom }));
      box.append(list, button("Réessayer maintenant", () => send()));
    }
    for (const entry of all.filter((each) => each.refus)) {
      box.append(line(`${entry.nom}\u202f: ${entry.refus}`, "alert"));
      if (entry.champs.annonce === undefined) {
        box.append(button("Corriger", () => { fill(entry.champs); change(entry.cle, null); said = ""; show(); }));
      }
      box.append(button("Effacer", () => { change(entry.cle, null); show(); }));
    }
    if (others) box.append(line("Ce téléphone garde aussi des signalements d’un autre lien\u202f: ils partiront quand ce lien sera rouvert."));
  };

  const fill = (values) => {
    const form = document.querySelector("form[data-nouveau]");
    for (const [name, value] of Object.entries(values)) {
      const field = form.elements.namedItem(name);
      if (field) field.value = value;
    }
    const folded = form.querySelector("details");
    if (folded) folded.open = true;
    form.scrollIntoView();
  };

  const renew = async () => {
    // What became of the signals, as the server has it now.
    const answer = await fetch(location.pathname, { credentials: "same-origin" });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("annonces"), shown = document.getElementById("annonces");
    if (fresh && shown) shown.replaceWith(fresh);
  };

  const one = async (entry) => {
    const body = new URLSearchParams(entry.champs);
    body.set("cle", entry.cle);
    body.set("pour", entry.pour);
    body.set("attente", String(Math.round((Date.now() - entry.ecrit) / 1000)));
    body.set("telephone", today());
    let answer, told;
    try {
      answer = await fetch(location.pathname, { method: "POST", body, credentials: "same-origin", headers: { Accept: "application/json" } });
      told = await answer.json();
    } catch {
      reason = navigator.onLine === false ? "\u202f: pas de connexion" : "\u202f: le serveur ne répond pas";
      return AGAIN;
    }
    if (answer.ok) { change(entry.cle, null); said = told.texte; reason = ""; return 0; }
    if (answer.status === 422) { change(entry.cle, { refus: told.texte }); return 0; }
    reason = `\u202f: ${told.texte.replace(/\.$/, "")}`;
    return LATER;
  };

  const send = async () => {
    if (sending) return;
    sending = true;
    clearTimeout(timer);
    let sent = false, wait = 0;
    try {
      for (const entry of mine().filter((each) => !each.refus)) {
        wait = await one(entry);
        if (wait) break;
        sent = true;
        show();
      }
      if (sent) await renew().catch(() => {});
    } finally {
      sending = false;
    }
    show();
    if (wait) timer = setTimeout(send, wait);
    else if (mine().some((each) => !each.refus)) timer = setTimeout(send, 0); // written while the others were on their way
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.method !== "post") return;
    const values = Object.fromEntries(new FormData(form));
    const pressed = event.submitter;
    if (pressed?.name) values[pressed.name] = pressed.value;
    const chosen = form.querySelector("select[name=bien]");
    const name = values.annonce === undefined
      ? [chosen?.selectedOptions[0]?.textContent, values.pieces && `${values.pieces} pièces`, values.montant && `${values.montant} €`].filter(Boolean).join(", ")
      : pressed?.getAttribute("aria-label") || "Une annonce";
    try {
      write([...read(), { cle: key(), pour, ecrit: Date.now(), nom: name, champs: values }]);
    } catch {
      return; // the phone is full: the form goes as any form
    }
    event.preventDefault();
    if (form.hasAttribute("data-nouveau")) form.reset();
    said = "";
    reason = "";
    show();
    box.scrollIntoView({ block: "nearest" });
    send();
  });
  // Where the browser allows it (https, or this very machine), the page opens without a connection too.
  navigator.serviceWorker?.register(`${location.pathname}-hors-ligne.js`, { scope: location.pathname }).catch(() => {});
  const own = document.getElementById("annonces");
  if (!own.firstChild) renew().catch(() => own.append(line("Sans connexion, vos annonces ne sont pas montrées.")));
  addEventListener("online", () => { renew().catch(() => {}); send(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden && mine().some((each) => !each.refus)) send(); });
  show();
  send();
})();
