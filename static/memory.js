/*
 * What this device remembers: the commune chosen under « Ma commune », in a cookie of this application only, for a year.
 * ui/memory.py writes the element and reads the cookie. Nothing is sent anywhere else.
 */
(() => {
  "use strict";
  const CODE = /^[0-9AB]{5}$/;
  const remember = () => {
    const mark = document.querySelector(".zv-remember");
    const code = mark?.dataset.commune ?? "";
    if (!mark || (code && !CODE.test(code))) return;
    const age = code ? 31536000 : 0;
    document.cookie = `zevillage_commune=${code}; max-age=${age}; path=/; SameSite=Lax`;
  };
  new MutationObserver(remember).observe(document, { subtree: true, childList: true, attributeFilter: ["data-commune"] });
})();
