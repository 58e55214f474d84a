/*
 * The keyboard of the search field (ui/search.py): Ctrl+K (⌘K) goes to it from anywhere, the arrows walk through its results,
 * Enter follows the first one, Escape empties the field. A shortcut of one letter alone would get in the way of
 * those who dictate or who use a screen reader.
 */
(() => {
  "use strict";
  const field = () => document.querySelector(".st-key-recherche input");
  const links = () => [...document.querySelectorAll(".st-key-recherche-resultats a")];
  let awaited = null; // what Enter was pressed for before its results were there

  const empty = (input) => {
    // React keeps the value itself: it only learns of a new one through the element's own setter and an event.
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(input, "");
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const follow = () => {
    const found = document.querySelector(".zv-searched")?.dataset.query;
    if (awaited === null || found !== awaited) return;
    const first = links()[0];
    // Streamlit fetches the drawing of links when the first one is needed: the box may be there before them.
    if (!first && document.querySelector(".st-key-recherche-resultats")) return;
    awaited = null;
    first?.click();
  };

  document.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const input = field();
    if (!input) return;
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      input.focus();
      input.select();
      return;
    }
    const all = links();
    const at = all.indexOf(document.activeElement);
    const inside = document.activeElement === input || at >= 0;
    if (!inside) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!all.length) return;
      event.preventDefault();
      const next = event.key === "ArrowDown" ? at + 1 : at - 1;
      (next < 0 ? input : all[Math.min(next, all.length - 1)]).focus();
    } else if (event.key === "Escape") {
      event.preventDefault();
      awaited = null;
      input.focus();
      empty(input);
    } else if (event.key === "Enter" && document.activeElement === input) {
      awaited = input.value.trim() || null;
      follow();
    } else if (document.activeElement === input) {
      awaited = null;
    }
  }, true);

  new MutationObserver(() => { if (awaited !== null) follow(); })
    .observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-query"] });
})();
