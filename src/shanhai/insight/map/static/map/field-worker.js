// SPDX-License-Identifier: Apache-2.0
// The service worker of the map on a phone: the page and its files when there is no network. It keeps nobody's data:
// those the page keeps itself (field.js), under a name that another version of this leaves alone.
"use strict";

const PREFIX = "field-shell-";
const NAME = PREFIX + SHELL.version;
// After so long without an answer a page is shown as it is kept.
const PATIENCE = 6000;

self.addEventListener("install", (event) => {
  const keep = async () => {
    // All or nothing: where one file does not come, the older version stays.
    await (await caches.open(NAME)).addAll([SHELL.page, ...SHELL.files]);
    await self.skipWaiting();
  };
  event.waitUntil(keep());
});

self.addEventListener("activate", (event) => {
  const settle = async () => {
    const old = (await caches.keys()).filter((one) => one.startsWith(PREFIX) && one !== NAME);
    await Promise.all(old.map((one) => caches.delete(one)));
    await self.clients.claim();
  };
  event.waitUntil(settle());
});

const page = async (request) => {
  const kept = await caches.match(SHELL.page);
  const late = new Promise((_, give) => { setTimeout(give, PATIENCE, new Error("late")); });
  try {
    return await (kept ? Promise.race([fetch(request), late]) : fetch(request));
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
};

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const path = new URL(request.url).pathname;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (SHELL.files.includes(path)) {
    event.respondWith(caches.match(request).then((kept) => kept || fetch(request)));
  }
});
