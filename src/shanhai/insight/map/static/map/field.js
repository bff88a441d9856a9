// SPDX-License-Identifier: Apache-2.0
// The map of a county on a phone. What is kept is a file for each county, under the name of whom it is for; the service
// worker (field-worker.js) keeps the page itself. One's own position is used here and sent nowhere.
"use strict";

(() => {
  const root = document.getElementById("field");
  if (!root || !window.L) return;

  const L = window.L;
  const data = root.dataset;
  const at = (id) => document.getElementById(id);
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const TONES = { ok: "--green", late: "--red", red: "--red", wait: "--ochre", yellow: "--ochre", orange: "--ochre",
    rest: "--stone", stop: "--stone", blue: "--blue" };
  const lang = document.documentElement.lang;
  const make = (name, given = {}, ...within) => {
    const one = document.createElement(name);
    // Names with a dash are attributes: of ARIA, which older browsers have no properties for.
    for (const [key, value] of Object.entries(given)) key.includes("-") ? one.setAttribute(key, value) : (one[key] = value);
    one.append(...within.filter((part) => part !== ""));
    return one;
  };
  const moment = (iso) => new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "short",
    timeZone: "Asia/Shanghai" }).format(new Date(iso));
  const number = (value, digits = 0) => new Intl.NumberFormat(lang, { maximumFractionDigits: digits }).format(value);
  const length = (metres) => (metres < 1000 ? `${number(metres)} m` : `${number(metres / 1000, 1)} km`);
  const size = (bytes) => `${number(bytes / 1024)} KB`;
  const say = (text, offline = false) => {
    at("field-said").textContent = text;
    at("field-said").classList.toggle("offline", offline);
  };
  const where = (text) => { at("field-where").textContent = text; };

  // What is kept. Online the page knows whom it is for; without a network the cookie of their last visit does.
  const PREFIX = "field-areas-";
  const owner = data.owner || (/(?:^|; )kept_for=(\w+)/.exec(document.cookie) || [])[1] || "";
  let able = "caches" in window && "serviceWorker" in navigator && owner !== "";
  const store = () => (able ? caches.open(PREFIX + owner) : Promise.reject(new Error("not kept")));
  // Who signs out has all of it deleted (Clear-Site-Data): what is being written ends before, and nothing is begun.
  const busy = new Set();
  const during = (work) => { busy.add(work); return work.finally(() => busy.delete(work)); };
  document.addEventListener("submit", async (event) => {
    if (!able || !event.target.matches("form[action*=logout]")) return;
    event.preventDefault();
    able = false;
    const late = new Promise((done) => { setTimeout(done, 3000); });
    await Promise.race([Promise.allSettled([...busy]), late]);
    event.target.submit();
  });
  const source = (code) => new URL(data.source.replace("/-.json", `/${code}.json`), document.baseURI).href;
  const keptOf = async (code) => (able ? (await store()).match(source(code)) : undefined);
  const codes = async () => (await (await store()).keys()).map((one) => /(\w+)\.json$/.exec(one.url)[1]);
  // Of others nothing stays here: nor of anybody when the cookie is gone.
  const tidy = async () => {
    if (!("caches" in window)) return;
    const others = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && (!owner || name !== PREFIX + owner));
    await Promise.all(others.map((name) => caches.delete(name)));
  };
  const keep = async (code, text, headers) => {
    // Read whole before it is put, so that a line that breaks leaves what was there.
    const name = JSON.parse(text).name;
    const said = { "Content-Type": "application/json", "X-Name": encodeURIComponent(name),
      "X-As-Of": headers.get("X-As-Of"), "X-Size": String(new Blob([text]).size), ETag: headers.get("ETag") || "" };
    await (await store()).put(source(code), new Response(text, { headers: said }));
  };
  const register = async () => {
    // Each language is another worker, with the page in that language.
    const found = await navigator.serviceWorker.register(`${data.worker}?lang=${lang}`, { scope: data.page });
    const coming = found.installing || found.waiting;
    if (coming) await new Promise((done, give) => {
      coming.addEventListener("statechange", () => ({ activated: done, redundant: give })[coming.state]?.());
    });
  };

  // A county from the server, where it is newer than what is kept; what is kept is brought up to date with it.
  const PATIENCE = 30000;
  const ask = async (code, kept, holding) => {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), PATIENCE);
    try {
      const tag = kept?.headers.get("ETag");
      const answer = await fetch(source(code), { cache: "no-store", credentials: "same-origin", signal: stop.signal,
        headers: tag ? { "If-None-Match": tag } : {} });
      if (answer.status === 404 && kept) await (await store()).delete(source(code));
      if (answer.status !== 304 && !answer.ok) {
        const told = await answer.json().catch(() => ({}));
        throw Object.assign(new Error(told.detail || ""), { status: answer.status });
      }
      const text = answer.status === 304 ? await kept.clone().text() : await answer.text();
      const headers = new Headers(answer.headers);
      if (answer.status === 304) headers.set("ETag", tag);
      const found = { area: JSON.parse(text), when: headers.get("X-As-Of"), same: answer.status === 304 };
      if (able && (kept || holding)) await during(keep(code, text, headers));
      return found;
    } finally {
      clearTimeout(timer);
    }
  };

  // The drawing: each thing is its mark in the colour of its state, a sign beside it, its name where there is room.
  const write = (pen, text, x, y, font, ink) => {
    Object.assign(pen, { font, fillStyle: ink, strokeStyle: colour("--paper"), lineWidth: 4, lineJoin: "round",
      textBaseline: "middle", globalAlpha: 1 });
    pen.strokeText(text, x, y);
    pen.fillText(text, x, y);
  };
  const MOST_NAMED = 300;
  const Sheet = L.Canvas.extend({
    // Always all of it, since names make room for one another; they lie above the marks.
    _redraw() {
      this._redrawBounds = null;
      L.Canvas.prototype._redraw.call(this);
    },
    _draw() {
      this.marks = [];
      L.Canvas.prototype._draw.call(this);
      if (this.marks.length > MOST_NAMED) return;
      const taken = this.marks.map(({ x, y }) => [x - 8, y - 8, x + 8, y + 8]);
      this._ctx.textAlign = "left";
      for (const { x, y, thing } of this.marks) {
        const name = thing.name.length > 16 ? `${thing.name.slice(0, 15)}…` : thing.name;
        const box = [x + 16, y - 8, x + 20 + 12 * name.length, y + 9];
        if (taken.some((one) => box[0] < one[2] && one[0] < box[2] && box[1] < one[3] && one[1] < box[3])) continue;
        taken.push(box);
        write(this._ctx, name, x + 18, y + 1, "13px sans-serif", colour("--ink"));
      }
    },
  });
  const Mark = L.CircleMarker.extend({
    _updatePath() {
      const sheet = this._renderer;
      if (!sheet._drawing || this._empty()) return;
      const { thing, mark } = this.options;
      const { x, y } = this._point;
      const ink = colour(TONES[thing.tone] || "--lake");
      sheet._ctx.textAlign = "center";
      write(sheet._ctx, mark, x, y, "20px sans-serif", ink);
      if (thing.sign) write(sheet._ctx, thing.sign, x + 11, y - 8, "700 11px sans-serif", ink);
      sheet.marks.push({ x, y, thing });
    },
  });

  let map = null;
  let sheet = null;
  let ground = null;
  let ring = null;
  let here = null;
  let shown = null;
  let offline = false;
  const groups = new Map();
  const hidden = new Set();
  const start = () => {
    at("field-map").hidden = false;
    map = L.map("field-map", { attributionControl: false, zoomControl: false, preferCanvas: true, maxZoom: 18,
      minZoom: 5, zoomAnimation: !still, fadeAnimation: !still, markerZoomAnimation: !still, inertia: !still });
    L.control.zoom({ zoomInTitle: data.closer, zoomOutTitle: data.farther }).addTo(map);
    L.control.scale({ imperial: false }).addTo(map);
    sheet = new Sheet({ padding: 0.3, tolerance: 8 });
    const drawn = () => { if (shown) draw(shown, false); };
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener?.("change", drawn);
  };
  const point = (thing) => L.latLng(thing.at[1], thing.at[0]);
  const position = (spot) => [
    data.north.replace("{degrees}", spot.lat.toFixed(5)),
    data.east.replace("{degrees}", spot.lng.toFixed(5)),
  ].join(" ");

  const card = (thing, layer, focus) => {
    ring?.remove();
    ring = L.circleMarker(point(thing), { renderer: sheet, radius: 16, weight: 3, fill: false, interactive: false,
      color: colour("--ink") }).addTo(map);
    if (!map.getBounds().contains(point(thing))) map.panTo(point(thing), { animate: !still });
    const facts = make("dl", { className: "facts" });
    const add = (label, value) => facts.append(make("dt", {}, label), make("dd", {}, value));
    thing.said.forEach(([label, value]) => add(label, value));
    add(data.place, position(point(thing)));
    const parts = [make("p", { className: "note" }, layer.label), make("h2", {}, thing.name), facts];
    if (data[thing.provenance]) parts[0].append(" ", make("span", { className: `tag ${thing.provenance}` }, data[thing.provenance]));
    if (here) parts.splice(2, 0, make("p", {}, data.away.replace("{length}", length(point(thing).distanceTo(here.getLatLng())))));
    if (thing.url && !offline) parts.push(make("p", {}, make("a", { className: "btn", href: thing.url }, data.open)));
    at("field-card").hidden = false;
    at("field-card").replaceChildren(...parts);
    if (focus) {
      at("field-card").focus({ preventScroll: true });
      at("field-map").scrollIntoView({ block: "start", behavior: still ? "auto" : "smooth" });
    }
  };

  // A row for a thing: its sign, its name, its state in words, how far it is.
  const row = (thing, layer) => {
    const sign = make("span", { className: `tone-${thing.tone}`, "aria-hidden": "true" }, thing.sign || layer.mark);
    const one = make("button", { type: "button" }, sign, make("span", {}, thing.name));
    const away = here ? length(point(thing).distanceTo(here.getLatLng())) : "";
    const told = [thing.state, away].filter(Boolean).join(" · ");
    if (told) one.append(make("span", { className: "note" }, told));
    one.addEventListener("click", () => card(thing, layer, true));
    return make("li", {}, one);
  };

  // What was touched; of several that a finger covers, which.
  const choose = (spot, open) => {
    const centre = map.latLngToContainerPoint(spot);
    const near = shown.layers.filter((one) => !hidden.has(one.key)).flatMap((layer) => layer.features
      .filter((thing) => map.latLngToContainerPoint(point(thing)).distanceTo(centre) < 16).map((thing) => [thing, layer]));
    if (near.length < 2) { open(); return; }
    at("field-card").hidden = false;
    at("field-card").replaceChildren(make("h2", {}, data.several.replace("{number}", near.length)),
      make("ul", { className: "plain field-things" }, ...near.map(([thing, layer]) => row(thing, layer))));
  };

  const list = () => {
    const away = (thing) => point(thing).distanceTo(here.getLatLng());
    at("field-list").replaceChildren(...shown.layers.filter((one) => !hidden.has(one.key)).map((layer) => {
      const things = here ? [...layer.features].sort((one, other) => away(one) - away(other)) : layer.features;
      const items = things.map((thing) => row(thing, layer));
      const head = make("h2", {}, `${layer.label} `, make("span", { className: "note num" }, number(layer.features.length)));
      const notes = [layer.failed, !layer.failed && !items.length ? data.empty : "",
        layer.more ? data.more.replace("{number}", number(layer.more)) : ""].filter(Boolean);
      return make("section", {}, head, make("ul", { className: "plain field-things" }, ...items),
        ...notes.map((text) => make("p", { className: "note" }, text)));
    }));
  };

  const draw = (area, fit = true) => {
    if (!map) start();
    shown = area;
    groups.forEach((one) => one.remove());
    groups.clear();
    ground?.remove();
    const areas = area.outline.features.filter((one) => one.geometry.type !== "Point");
    ground = L.geoJSON(areas, { renderer: sheet, interactive: false,
      style: { color: colour("--edge"), weight: 2, fillColor: colour("--paper"), fillOpacity: 1 } });
    if (fit) map.fitBounds(ground.getBounds(), { animate: false });
    ground.addTo(map);
    for (const layer of area.layers) {
      const group = L.layerGroup();
      for (const thing of layer.features) {
        const open = () => choose(point(thing), () => card(thing, layer, false));
        const ink = colour(TONES[thing.tone] || "--lake");
        if (thing.shape) L.geoJSON(thing.shape, { renderer: sheet, style: { color: ink, weight: 2, fillOpacity: 0.2 } }).on("click", open).addTo(group);
        new Mark(point(thing), { renderer: sheet, radius: 14, thing, mark: layer.mark }).on("click", open).addTo(group);
      }
      groups.set(layer.key, group);
      if (!hidden.has(layer.key)) group.addTo(map);
    }
    const boxes = area.layers.map((layer) => {
      const box = make("input", { type: "checkbox", checked: !hidden.has(layer.key) });
      box.addEventListener("change", () => {
        hidden[box.checked ? "delete" : "add"](layer.key);
        groups.get(layer.key)[box.checked ? "addTo" : "remove"](map);
        list();
      });
      return make("label", {}, box, make("span", { "aria-hidden": "true" }, layer.mark), layer.label);
    });
    at("field-layers").replaceChildren(at("field-layers").firstElementChild, ...boxes);
    at("field-layers").hidden = false;
    list();
  };

  // Opened: what is kept at once, then what the server says.
  const select = at("field-asks").elements.area;
  const code = new URLSearchParams(window.location.search).get("area") || data.area;
  const open = async () => {
    const kept = await keptOf(code);
    const when = kept?.headers.get("X-As-Of");
    if (kept) draw(await kept.clone().json());
    say(kept ? data.offline.replace("{when}", moment(when)) : data.asking, Boolean(kept));
    try {
      const found = await ask(code, kept);
      offline = false;
      if (!found.same) draw(found.area, !kept);
      say(data.live.replace("{when}", moment(found.when)));
    } catch (error) {
      offline = true;
      if (error.status === 404) root.querySelectorAll("#field-map, #field-layers, #field-card, #field-list > *").forEach((one) => { one.hidden = true; });
      if (error.status === 401 && kept) say(data.signIn, true);
      else if (error.message && error.status) say(error.message, true);
      else if (!kept) say(data.nowhere, true);
    }
  };
  const rows = async () => {
    const found = able ? await Promise.all((await codes()).map(async (one) => [one, await keptOf(one)])) : [];
    const lines = found.map(([one, kept]) => {
      const name = decodeURIComponent(kept.headers.get("X-Name"));
      if (![...select.options].some((option) => option.value === one)) select.add(new Option(name, one));
      const remove = make("button", { type: "button", className: "btn", "aria-label": `${data.forget} ${name}` }, data.forget);
      remove.addEventListener("click", async () => {
        await (await store()).delete(source(one));
        await rows();
        at("field-forget").focus();
      });
      const told = `${data.live.replace("{when}", moment(kept.headers.get("X-As-Of")))} · ${size(kept.headers.get("X-Size"))}`;
      return make("li", {}, make("a", { href: `?area=${one}` }, name), make("span", { className: "note" }, told), remove);
    });
    at("field-kept").replaceChildren(...(lines.length ? lines : [make("li", { className: "note" }, data.none)]));
    at("field-forget").hidden = !lines.length;
    select.value = code;
    return found;
  };
  const refresh = async () => {
    for (const [one, kept] of await rows()) if (one !== code) await ask(one, kept).catch(() => {});
    await rows();
  };

  at("field-save").addEventListener("click", async () => {
    if (!able) { say(data.unable, true); return; }
    say(data.saving);
    try {
      await during(register());
      const found = await ask(code, await keptOf(code), true);
      if (!found.same) draw(found.area, !shown);
      // Asked for, not needed: a phone short of room clears this last.
      navigator.storage?.persist?.().catch(() => {});
      say(`${data.saved} ${data.live.replace("{when}", moment(found.when))}`);
    } catch {
      say(data.unsaved, true);
    }
    await rows();
  });
  at("field-forget").addEventListener("click", async () => {
    const ours = (await caches.keys()).filter((name) => name.startsWith("field-"));
    await Promise.all(ours.map((name) => caches.delete(name)));
    const worker = await navigator.serviceWorker.getRegistration(data.page);
    await worker?.unregister();
    await rows();
  });

  // One's own position, from the tap that asks for it to the next.
  const button = at("field-here");
  let watch = null;
  const leave = (text) => {
    navigator.geolocation.clearWatch(watch);
    here?.remove();
    watch = here = null;
    button.setAttribute("aria-pressed", "false");
    where(text);
    list();
  };
  const come = ({ coords }) => {
    const spot = L.latLng(coords.latitude, coords.longitude);
    if (!here) {
      here = L.circleMarker(spot, { renderer: sheet, radius: 8, weight: 3, color: colour("--paper"),
        fillColor: colour("--blue"), fillOpacity: 1, interactive: false }).addTo(map);
      map.panTo(spot, { animate: !still });
    }
    here.setLatLng(spot);
    const height = coords.altitude === null ? "" : data.height.replace("{metres}", number(coords.altitude));
    const within = data.within.replace("{metres}", number(coords.accuracy));
    where([data.here, position(spot), within, height].filter(Boolean).join(" · "));
    list();
  };
  button.addEventListener("click", () => {
    if (!navigator.geolocation || !shown) { where(data.lost); return; }
    if (watch !== null) { leave(""); return; }
    button.setAttribute("aria-pressed", "true");
    where(data.seeking);
    watch = navigator.geolocation.watchPosition(come, () => leave(data.lost),
      { enableHighAccuracy: true, timeout: 30000, maximumAge: 10000 });
  });

  const begin = async () => {
    // A private window may have the means and refuse them.
    try {
      await tidy();
      if (able) await store();
    } catch {
      able = false;
    }
    await rows();
    root.querySelectorAll("[data-scripted]").forEach((one) => { one.hidden = false; });
    at("field-save").hidden = button.hidden = !code;
    if (code) await open();
    if (able && (await navigator.serviceWorker.getRegistration(data.page))) during(register()).catch(() => {});
    await refresh();
    root.dataset.whole = "yes";
  };
  begin();
  window.addEventListener("online", () => { if (code) open().then(refresh); });
})();
