// SPDX-License-Identifier: Apache-2.0
// A screen fetches what changes on it and puts it there whole, in one frame. Where that fails, the last stands on and
// says so. Nobody who wishes for less motion has it change before their eyes: it then waits for the button.
"use strict";

(() => {
  const screen = document.querySelector("[data-now]");
  const button = screen.querySelector("[data-pause]");
  const words = [button.textContent, button.dataset.paused];
  let paused = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  let timer = 0;

  const ask = async () => {
    let html = "";
    try {
      const answer = await fetch(screen.dataset.now, { cache: "no-store", redirect: "error" });
      // One that was revoked or is over goes dark.
      if (answer.status === 404) window.location.reload();
      if (answer.ok) html = await answer.text();
    } catch {
      html = "";
    }
    screen.querySelector("[data-lost]").hidden = html !== "";
    if (html && !paused) {
      const made = document.createElement("template");
      made.innerHTML = html;
      screen.querySelector("[data-part]").replaceWith(made.content);
    }
  };
  const settle = () => {
    button.textContent = words[Number(paused)];
    button.setAttribute("aria-pressed", String(paused));
    window.clearInterval(timer);
    if (!paused) timer = window.setInterval(ask, Number(screen.dataset.every) * 1000);
  };

  button.hidden = false;
  button.addEventListener("click", () => {
    paused = !paused;
    settle();
    if (!paused) ask();
  });
  settle();
})();
