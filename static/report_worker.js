/*
 * The contact's form opens without a connection once it was opened with one: the page as it was, without the contact's own listings.
 * Nothing is sent from here: what is typed waits in the page (report.js).
 */
"use strict";
const KEPT = "zevillage-signaler";
const FORM = new URL(registration.scope).pathname; // …/signaler
const PARTS = ["report.js", "plain.css", "icon.svg"].map((name) => FORM.replace(/signaler$/, `app/static/${name}`));

const digest = async (text) => {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");
};

const keep = async (answer) => {
  const kept = await caches.open(KEPT);
  if (answer.status === 403) await kept.delete(FORM); // revoked, or no link any more
  if (!answer.ok) return;
  const own = /<div id="annonces">[\s\S]*<\/div>(?=<p class="foot">)/;
  const text = (await answer.text()).replace(own, '<div id="annonces"></div>');
  await kept.put(FORM, new Response(text, { headers: answer.headers }));
};

const opened = async (request, link) => {
  try {
    const answer = await fetch(request);
    await keep(answer.clone());
    return answer;
  } catch (error) {
    const page = await (await caches.open(KEPT)).match(FORM);
    // Under another link the page of the last one would be another contact's.
    const same = page && (!link || (await page.clone().text()).includes(`data-lien="${await digest(link)}"`));
    if (same) return page;
    throw error;
  }
};

const part = async (request) => {
  const kept = await caches.open(KEPT);
  try {
    const answer = await fetch(request);
    if (answer.ok) await kept.put(request.url, answer.clone());
    return answer;
  } catch (error) {
    const found = await kept.match(request.url);
    if (found) return found;
    throw error;
  }
};

addEventListener("install", (event) => {
  skipWaiting();
  // The visit that brought this worker is kept too: the next one may be without a connection.
  event.waitUntil(Promise.all([
    caches.open(KEPT).then((kept) => kept.addAll(PARTS)),
    fetch(FORM, { credentials: "same-origin" }).then(keep),
  ]));
});
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (event.request.mode === "navigate" && url.pathname === FORM) {
    event.respondWith(opened(event.request, url.searchParams.get("lien")));
  } else if (PARTS.includes(url.pathname)) {
    event.respondWith(part(event.request));
  }
});
