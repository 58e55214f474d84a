/*
 * The menu on a phone: once a page is chosen it closes by itself, as if its own button had been pressed.
 */
(() => {
  "use strict";
  const NARROW = window.matchMedia("(max-width: 768px)");
  document.addEventListener("click", (event) => {
    if (!NARROW.matches || !event.target.closest?.('[data-testid="stSidebarNavLink"]')) return;
    // After Streamlit's own answer to the click: closing first would take the link away from under it.
    setTimeout(() => document.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click(), 0);
  });
})();
