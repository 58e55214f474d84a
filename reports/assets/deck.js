/* A deck of a séance. One view at a time, obeying a keyboard, a presenter's remote (Page keys, F5, B, .), fingers, and the speaker's
 * window. Everything is in this file: nothing is fetched, texts reach the page by textContent or as copies of what is there. */
(function () {
  "use strict";
  const root = document.documentElement, body = document.body, main = document.getElementById("vues");
  const views = [...main.querySelectorAll(".frame:not(.portrait)")], homes = [...main.querySelectorAll(".frame.portrait")];
  const last = views.length - 1;
  const black = document.getElementById("noir"), said = document.getElementById("annonce"), toast = document.getElementById("dire");
  const help = document.getElementById("aide"), communes = document.getElementById("communes"), place = document.getElementById("place");
  let at = 0, home = -1, typed = "", speaker = null, started = 0, quiet = 0, hush = 0;
  views.forEach((view, i) => { view.dataset.number = i ? `${i}/${last}` : "Ouverture"; });

  const current = () => (home < 0 ? views[at] : homes[home]);
  const announce = (words) => { said.textContent = words; };
  function tell(words) {
    toast.textContent = words; toast.hidden = false; announce(words);
    clearTimeout(hush);
    hush = setTimeout(() => { toast.hidden = true; }, 4000);
  }

  function paint(speak) {
    [...views, ...homes].forEach((frame) => frame.classList.toggle("on", frame === current()));
    const frame = current(), steps = [...frame.querySelectorAll(".step")];
    place.textContent = home < 0 ? (at ? `${at}/${last}` : "Ouverture") : "Portrait";
    find("back").hidden = home < 0;
    find("step").hidden = steps.length < 2;
    if (home < 0) try { history.replaceState(null, "", at ? `#vue-${at}` : "#ouverture"); } catch (error) { /* some browsers refuse it to files */ }
    if (body.classList.contains("overview")) frame.scrollIntoView({ block: "nearest" });
    else { step(frame, +(frame.dataset.step || 0)); fit(frame); }
    if (speak) announce(frame.dataset.label);
    tellSpeaker();
  }

  const find = (what) => document.querySelector(`.commands [data-do="${what}"]`);

  function go(to) {
    if (!started && to > 0) started = Date.now();
    home = -1; at = Math.max(0, Math.min(last, to)); black.hidden = true;
    step(views[at], 0);
    paint(true);
    if (!body.classList.contains("overview")) views[at].querySelector(".title").focus({ preventScroll: true });
  }

  function step(frame, to) {
    const steps = [...frame.querySelectorAll(".step")];
    if (!steps.length) return;
    const now = Math.max(0, Math.min(steps.length - 1, to));
    steps.forEach((one, i) => { one.hidden = i !== now; });
    const count = frame.querySelector(".steps");
    const next = steps[now + 1];
    if (count) count.textContent = `${next ? (next.querySelector("table") ? "↓ tableau" : next.querySelector(".sources") ? "↓ sources" : "↓ suite") : "↑"} ${now + 1}/${steps.length}`;
    frame.dataset.step = now;
  }

  function turn(by) {
    const frame = current(), steps = frame.querySelectorAll(".step").length, now = +(frame.dataset.step || 0);
    if (steps < 2) return;
    step(frame, by ? now + by : (now + 1) % steps);
    fit(frame);
    const table = frame.querySelector(".step:not([hidden]) :is(caption, .sources h3)");
    announce(`${+frame.dataset.step + 1} sur ${steps}${table ? "\u202f: " + table.textContent : ""}`);
    tellSpeaker();
  }

  /** Letters of what is on show shrink until nothing is cut; what is still too long scrolls. */
  function fit(frame) {
    const shown = frame.querySelector(".step:not([hidden])");
    if (!shown) return;
    const cut = () => [...shown.querySelectorAll(".sheet, .map-side, .map.bare")].some((one) => one.scrollHeight > one.clientHeight + 1 || one.scrollWidth > one.clientWidth + 1);
    const narrow = window.matchMedia("(max-width: 700px)").matches; // a telephone: the slide scrolls
    let size = shown.querySelector(".sheet") && !narrow ? 1.7 : 1;
    const insets = shown.querySelectorAll(".inset");
    insets.forEach((one) => { one.hidden = false; });
    shown.style.setProperty("--fit", size);
    if (narrow) return;
    if (insets.length && cut()) insets.forEach((one) => { one.hidden = true; });
    // A short table is written large, but not so large that its cells break.
    const broken = () => [...shown.querySelectorAll("tbody :is(td, th)")].some((cell) => cell.clientHeight > 2 * parseFloat(getComputedStyle(cell).fontSize));
    while (size > 1 && (cut() || broken())) shown.style.setProperty("--fit", (size -= 0.1).toFixed(2));
    while (size > 0.62 && cut()) shown.style.setProperty("--fit", (size -= 0.04).toFixed(2));
    window.zvMaps.on(shown).forEach((map) => map.key());
    shown.querySelectorAll(".sheet, .map.bare").forEach((one) => { if (cut()) one.tabIndex = 0; else one.removeAttribute("tabindex"); });
  }

  function overview(on) {
    body.classList.toggle("overview", on);
    find("overview").setAttribute("aria-pressed", on);
    if (on) { home = -1; views.forEach((view) => step(view, 0)); announce("Toutes les vues. Flèches pour choisir, Entrée pour ouvrir."); paint(false); } else go(at);
  }

  function portrait(index) {
    communes.close();
    body.classList.remove("overview");
    home = index;
    step(homes[home], 0);
    paint(true);
    homes[home].querySelector(".title").focus({ preventScroll: true });
  }

  function back() { home = -1; paint(true); views[at].querySelector(".title").focus({ preventScroll: true }); }

  function dark(on) { black.hidden = !on; announce(on ? "Écran noir" : current().dataset.label); tellSpeaker(); }

  function full(on) {
    const now = !!document.fullscreenElement;
    if (on === now) return;
    if (!on) return void document.exitFullscreen();
    const asked = root.requestFullscreen && root.requestFullscreen();
    if (asked && asked.catch) asked.catch(() => tell("Le navigateur refuse le plein écran\u202f: essayez la touche F11."));
    else if (!asked) tell("Ce navigateur ne propose pas le plein écran.");
  }

  const COMMANDS = {
    next: () => (home < 0 ? go(at + 1) : back()), previous: () => (home < 0 ? go(at - 1) : back()), step: () => turn(0),
    homes: () => { if (communes) { black.hidden = true; if (help.open) help.close(); communes.showModal(); } },
    back, overview: () => overview(!body.classList.contains("overview")), black: () => dark(black.hidden),
    full: () => full(!document.fullscreenElement), speaker: openSpeaker, help: () => { black.hidden = true; if (!help.open) help.showModal(); },
    close: (button) => button.closest("dialog").close(),
  };

  function key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const open = help.open || (communes && communes.open), name = event.key, over = body.classList.contains("overview");
    // A dialog keeps its own keys, except for those that lead on.
    if (open) {
      if (name === "PageDown" || name === "PageUp") { if (help.open) help.close(); if (communes && communes.open) communes.close(); } else return;
    }
    if (event.target.closest && event.target.closest("button, a, summary") && (name === " " || name === "Enter")) return;
    const inSheet = event.target.closest && event.target.closest(".sheet[tabindex]") && (name === "ArrowDown" || name === "ArrowUp");
    if (inSheet) return;
    let done = true;
    if (/^[0-9]$/.test(name) && !(name === "0" && !typed)) { typed += name; done = true; }
    else if (name === "Enter" && typed) { const to = +typed; typed = ""; if (over) body.classList.remove("overview"); go(to); }
    else {
      typed = "";
      if (over && name === "Enter") overview(false);
      else if (["ArrowRight", "PageDown", " "].includes(name) && !event.shiftKey || name === "Enter") COMMANDS.next();
      else if (["ArrowLeft", "PageUp"].includes(name) || name === " ") COMMANDS.previous();
      else if (name === "ArrowDown") over ? go(at + columns()) : turn(1);
      else if (name === "ArrowUp") over ? go(at - columns()) : turn(-1);
      else if (name === "Home") go(0);
      else if (name === "End") go(last);
      else if (/^[bB.]$/.test(name)) COMMANDS.black();
      else if (/^[oO]$/.test(name)) COMMANDS.overview();
      else if (/^[cC]$/.test(name)) COMMANDS.homes();
      else if (/^[fF]$/.test(name)) COMMANDS.full();
      else if (name === "F5") full(true);
      else if (/^[sS]$/.test(name)) COMMANDS.speaker();
      else if (/^[tT]$/.test(name)) turn(0);
      else if (name === "?" || /^[hH]$/.test(name)) COMMANDS.help();
      else if (/^[mM]$/.test(name)) { const map = window.zvMaps.on(current())[0]; if (map) map.focus(); }
      else if (name === "Backspace" || name === "Escape") {
        if (!black.hidden) dark(false);
        else if (home >= 0) back();
        else if (over) overview(false);
        else done = name === "Backspace"; // never the browser's way back
      } else done = window.zvMaps.on(current()).filter((map) => window.zvMaps.keys(map, event)).length > 0;
    }
    if (done) event.preventDefault();
  }

  /** Slides a row of the overview. */
  function columns() { return views.filter((view) => view.offsetTop === views[0].offsetTop).length; }

  /* The speaker's window is an empty window that this one fills, so that it works from a file: it shares this document's policy and
   * style, and its keys come back here. */
  function openSpeaker() {
    if (speaker && !speaker.closed) return void speaker.focus();
    speaker = window.open("", "zv-orateur", "width=1100,height=700");
    if (!speaker) return void tell("Le navigateur a refusé la fenêtre de l’orateur\u202f: autorisez les fenêtres de ce fichier.");
    const doc = speaker.document, make = (tag, name, words, parent) => {
      const node = doc.createElement(tag);
      if (name) node.className = name;
      if (words) node.textContent = words;
      parent.append(node);
      return node;
    };
    doc.documentElement.lang = "fr";
    doc.title = "Orateur";
    doc.head.replaceChildren(doc.importNode(document.getElementById("zv-style"), true));
    const meta = doc.createElement("title"); meta.textContent = "Orateur"; doc.head.append(meta);
    doc.body.className = "deck speaker";
    doc.body.replaceChildren(doc.importNode(document.querySelector(".store"), true));
    const whole = make("main", "", "", doc.body);
    make("h1", "unseen", "Orateur", whole);
    const now = make("section", "now", "", whole); make("h2", "", "En cours", now); make("p", "title-now", "", now);
    const note = make("section", "note", "", whole); make("h2", "", "Note", note); make("div", "note-words", "", note);
    const next = make("section", "next", "", whole); make("h2", "", "Ensuite", next); make("div", "preview", "", next); make("p", "title-next", "", next);
    const clock = make("section", "clock", "", whole);
    make("span", "hour", "", clock); make("span", "used", "", clock);
    make("button", "", "Remettre à zéro", clock).addEventListener("click", () => { started = Date.now(); tick(); });
    doc.addEventListener("keydown", key);
    if (!started) started = Date.now();
    tellSpeaker(); tick();
  }

  const two = (number) => String(number).padStart(2, "0");
  function tick() {
    if (!speaker || speaker.closed) return;
    const now = new Date(), used = started ? Math.floor((now - started) / 1000) : 0;
    speaker.document.querySelector(".hour").textContent = `${two(now.getHours())}\u202f:\u202f${two(now.getMinutes())}`;
    speaker.document.querySelector(".used").textContent = `Temps passé\u202f: ${Math.floor(used / 60)}\u00a0min ${two(used % 60)}\u00a0s`;
  }
  setInterval(tick, 1000);

  function tellSpeaker() {
    if (!speaker || speaker.closed || !speaker.document.querySelector(".preview")) return;
    const doc = speaker.document, frame = current(), next = home < 0 ? views[at + 1] : views[at], note = frame.querySelector(":scope > template");
    doc.querySelector(".title-now").textContent = frame.dataset.label + (black.hidden ? "" : " (écran noir)");
    const words = doc.querySelector(".note-words");
    words.replaceChildren(note ? doc.importNode(note.content, true) : "Pas de note.");
    const preview = doc.querySelector(".preview");
    preview.replaceChildren();
    if (next) {
      const copy = doc.importNode(next, true);
      copy.removeAttribute("id"); copy.classList.remove("on"); copy.setAttribute("inert", ""); copy.setAttribute("aria-hidden", "true");
      copy.querySelectorAll("template").forEach((one) => one.remove());
      preview.append(copy);
    }
    doc.querySelector(".title-next").textContent = next ? next.dataset.label : "Fin de la séance.";
  }

  document.addEventListener("keydown", key);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]"), home_ = event.target.closest("[data-home]"), frame = event.target.closest(".overview .frame");
    if (button) COMMANDS[button.dataset.do](button);
    else if (home_) portrait(+home_.dataset.home);
    else if (frame) { at = views.indexOf(frame); overview(false); }
  });
  black.addEventListener("click", () => dark(false));
  let touch = null;
  main.addEventListener("touchstart", (event) => {
    const map = event.target.closest(".map-box") && window.zvMaps.on(current()).some((one) => one.enlarged());
    touch = event.touches.length === 1 && !map ? event.touches[0] : null;
  }, { passive: true });
  main.addEventListener("touchend", (event) => {
    if (!touch || body.classList.contains("overview")) return;
    const end = event.changedTouches[0], x = end.clientX - touch.clientX, y = end.clientY - touch.clientY;
    touch = null;
    if (Math.abs(x) > 60 && Math.abs(x) > 2 * Math.abs(y)) COMMANDS[x < 0 ? "next" : "previous"]();
  });
  document.addEventListener("pointermove", () => {
    root.classList.add("moving");
    clearTimeout(quiet);
    quiet = setTimeout(() => root.classList.remove("moving"), 2500);
  });
  window.addEventListener("resize", () => fit(current()));
  document.addEventListener("fullscreenchange", () => fit(current()));
  window.addEventListener("beforeprint", () => body.classList.remove("overview"));
  window.addEventListener("pagehide", () => { if (speaker && !speaker.closed) speaker.close(); });
  const asked = /^#vue-(\d+)$/.exec(location.hash);
  at = asked ? Math.min(last, +asked[1]) : 0;
  paint(false);
})();
