// SPDX-License-Identifier: Apache-2.0
// A part of a page with data-live hears of news there, and tells what is within by an event "live" on itself. Without
// it, and where the connection is lost, what is within goes on asking by itself; data-lost says so while nobody answers.
"use strict";

for (const part of document.querySelectorAll("[data-live]")) {
  part.addEventListener("htmx:afterRequest", (event) => {
    part.querySelector("[data-lost]").hidden = event.detail.successful;
  });
  if (!part.dataset.live) continue;
  const source = new EventSource(part.dataset.live);
  source.addEventListener("message", () => part.dispatchEvent(new Event("live")));
}
