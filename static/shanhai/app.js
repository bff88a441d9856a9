// SPDX-License-Identifier: Apache-2.0
// What the pages gain where scripts run. Without it every link still leads to a page of its own.
"use strict";

(() => {
  const drawer = document.getElementById("drawer");

  // The proof of a figure opens in a dialog, which keeps the focus inside and closes by Esc; where it cannot be
  // fetched, the link is followed, so that the page itself says what is wrong.
  document.addEventListener("htmx:afterSwap", (event) => {
    if (!drawer || event.detail.target.id !== "drawer-body") return;
    if (!drawer.open) drawer.showModal();
    event.detail.target.focus({ preventScroll: true });
    drawer.scrollTop = 0;
  });
  for (const failure of ["htmx:responseError", "htmx:sendError"]) {
    document.addEventListener(failure, (event) => {
      const link = event.detail.elt.closest("a[href]");
      if (link) window.location.assign(link.href);
    });
  }
  drawer?.addEventListener("click", (event) => {
    if (event.target === drawer) drawer.close();
  });

  // Menus: Esc and a click elsewhere close what is open and give the focus back.
  const close = (menu) => {
    menu.open = false;
    menu.querySelector("summary").focus();
  };
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.querySelectorAll("details.dropdown[open]").forEach(close);
    if (window.location.hash === "#menu") {
      window.location.replace("#content");
      document.querySelector(".to-menu")?.focus();
    }
  });
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.dropdown[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  // A refused form is sent again as it stands now, files too, in the language chosen.
  document.querySelector("form[data-again]")?.addEventListener("submit", (event) => {
    const form = document.querySelector(".refused")?.closest("form");
    if (!form || !event.submitter) return;
    event.preventDefault();
    const chosen = document.createElement("input");
    Object.assign(chosen, { type: "hidden", name: event.submitter.name, value: event.submitter.value });
    form.append(chosen);
    HTMLFormElement.prototype.submit.call(form);
  });

  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
})();
