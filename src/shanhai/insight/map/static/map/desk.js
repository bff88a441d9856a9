// SPDX-License-Identifier: Apache-2.0
// The map of a desk page. The page without it has the same counties drawn, and the same figures in its table, whose
// rows say the class of each county: what is drawn here follows from them.
"use strict";

(() => {
  const desk = document.getElementById("map-desk");
  const canvas = document.createElement("canvas");
  if (!desk || !(canvas.getContext("webgl2") || canvas.getContext("webgl"))) return;

  const data = desk.dataset;
  const shade = document.getElementById("map-shade");
  const form = document.getElementById("map-asks");
  const slider = document.getElementById("map-day");
  const days = slider.dataset.days.split(" ");
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  const note = (key, text) => { desk.querySelector(`[data-note="${key}"]`).textContent = text; };
  const ask = (address) => fetch(address, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  // All that is drawn first is asked for at once, while the engine is still on its way.
  const json = (address, asked = {}) => fetch(address, { credentials: "same-origin", ...asked });
  const boxes = Array.from(desk.querySelectorAll("input[name=layer]"));
  const held = new Map();
  const read = async (one) => {
    const answer = await json(one.data, { cache: "no-cache" });
    const said = await answer.json();
    note(one.key, answer.ok ? "" : said.detail || data.broken);
    const tag = answer.headers.get("ETag");
    if (!answer.ok || tag === one.tag) return null;
    one.tag = tag;
    for (const feature of said.features) feature.properties.id = feature.id;
    return said;
  };
  const load = async (key) => {
    const answer = await json(data.styles + key);
    const found = await answer.json();
    if (!answer.ok) {
      note(key, found.detail || data.broken);
      return null;
    }
    const source = found.sources[key];
    const one = { key, source, layers: found.layers, data: source.data, parts: found.layers.map((part) => part.id) };
    if (source.data) one.said = await read(one);
    return one;
  };
  // What was there on the day that is shown, as far as the layer says from when until when.
  const shown = (one) => {
    const { since, until } = boxes.find((box) => box.value === one.key).dataset;
    const day = form.elements.as_of.value;
    const features = (one.said?.features || []).filter(({ properties }) =>
      (properties[since] || day) <= day && (properties[until] || day) >= day
      // Of things that belong to a programme, those of the one that is shown.
      && (properties.programme || data.programme) === data.programme);
    return { type: "FeatureCollection", features };
  };
  const guarded = (key, act) => act().catch(() => { note(key, data.broken); return null; });
  const loading = new Map(boxes.filter((box) => box.checked)
    .map(({ value }) => [value, guarded(value, () => load(value))]));

  const start = async () => {
    const [gl, style, outlines] = await Promise.all([import(data.engine),
      ...[data.style, data.outlines].map((one) => json(one).then((answer) => answer.json()))]);
    gl.setWorkerUrl(new URL(data.worker, document.baseURI).href);
    style.sources.counties.data = outlines;
    const bounds = new gl.LngLatBounds();
    const extend = (at) => (typeof at[0] === "number" ? bounds.extend(at) : at.forEach(extend));
    outlines.features.forEach((one) => extend(one.geometry.coordinates));
    const place = document.getElementById("map-canvas");
    const drawing = place.firstElementChild;
    const map = new gl.Map({ container: place, style, bounds, fitBoundsOptions: { padding: 24 }, dragRotate: false,
      pitchWithRotate: false, fadeDuration: still.matches ? 0 : 200, attributionControl: { compact: false } });
    map.touchZoomRotate.disableRotation();
    map.addControl(new gl.NavigationControl({ showCompass: false }));
    map.addControl(new gl.ScaleControl({ unit: "metric" }));
    // The drawing of the page stays until the map is drawn: it can be clicked, too. Tiles of others may never come.
    map.once(style.sources.base ? "style.load" : "load", () => { drawing?.remove(); desk.dataset.ready = "yes"; });
    await new Promise((ready) => map.once("style.load", ready));

    // The shade: colours by the classes in the rows of the table.
    const paint = () => {
      const rows = Array.from(shade.querySelectorAll("[data-county]"));
      const pairs = rows.filter((row) => row.dataset.class)
        .flatMap((row) => [row.dataset.county, colour(`--map-${Number(row.dataset.class) + 1}`)]);
      map.setPaintProperty("counties", "fill-color",
        pairs.length ? ["match", ["get", "code"], ...pairs, colour("--snow")] : colour("--snow"));
      const legend = Array.from(shade.querySelectorAll("h2, .map-legend"), (one) => one.cloneNode(true));
      document.getElementById("map-key").replaceChildren(...legend);
    };
    const dark = window.matchMedia("(prefers-color-scheme: dark)");
    const ground = () => {
      map.setPaintProperty("ground", "background-color", colour("--mist"));
      map.setPaintProperty("degrees", "line-color", colour("--line"));
      map.setPaintProperty("county-names", "text-color", colour("--ink"));
      map.setPaintProperty("county-names", "text-halo-color", colour("--paper"));
      paint();
    };
    dark.addEventListener("change", ground);
    ground();

    const card = document.getElementById("map-card");
    const open = (address) => window.htmx.ajax("GET", address, { target: card, swap: "innerHTML" });
    const county = (code) => {
      const query = new URLSearchParams({ programme: data.programme, as_of: form.elements.as_of.value });
      open(`${data.county.replace("/-/", `/${code}/`)}?${query}`);
    };
    let asked = 0;
    let playing = false;
    const show = async (day, limits) => {
      const mine = ++asked;
      form.elements.as_of.value = day;
      const query = new URLSearchParams(new FormData(form));
      if (limits) query.set("limits", limits);
      const answer = await ask(`?${query}`);
      if (!answer.ok || mine !== asked) return answer.ok;
      shade.innerHTML = await answer.text();
      window.htmx?.process(shade);
      paint();
      query.delete("limits");
      history.replaceState(null, "", `?${query}`);
      for (const one of held.values()) if (one.said) map.getSource(one.key).setData(shown(one));
      const latest = days.findLastIndex((one) => one <= day);
      if (!playing) slider.value = Math.max(latest, 0);
      // What is open beside the map is of the same day.
      const of = card.querySelector("[data-of-county]");
      if (of) county(of.dataset.ofCounty);
      return true;
    };
    const limits = () => shade.querySelector("[data-limits]")?.dataset.limits || "";
    form.elements.shade.addEventListener("change", () => show(form.elements.as_of.value, ""));
    form.elements.as_of.addEventListener("change", () => show(form.elements.as_of.value, ""));
    form.elements.programme.addEventListener("change", () => form.requestSubmit());
    slider.addEventListener("input", () => show(days[slider.value], limits()));

    // The year, a month each step; nobody who asked for no motion gets one that goes by itself.
    const play = document.getElementById("map-play");
    const words = play.textContent;
    const stop = () => { playing = false; play.textContent = words; play.setAttribute("aria-pressed", "false"); };
    play.addEventListener("click", async () => {
      if (playing) { stop(); return; }
      playing = true;
      play.textContent = play.dataset.stop;
      play.setAttribute("aria-pressed", "true");
      const kept = limits();
      for (slider.value = 0; playing; slider.value = Number(slider.value) + 1) {
        if (!(await show(days[slider.value], kept)) || Number(slider.value) >= days.length - 1) break;
        if (still.matches) break;
        await new Promise((next) => setTimeout(next, 900));
      }
      stop();
    });

    // Layers: each with its style; small ones are read here, so that what is wrong with one can be said beside it.
    const tiles = (key) => new URL(data.tiles.replace("/-.json", `/${key}.json`), document.baseURI).href;
    const add = async (key) => {
      const one = await (loading.get(key) || load(key));
      loading.delete(key);
      if (!one) return false;
      if (one.source.type === "geojson") one.source.data = shown(one);
      else one.source.url = tiles(key);
      map.addSource(key, one.source);
      const below = one.layers[0].type === "fill" ? "county-names" : undefined;
      for (const layer of one.layers) map.addLayer(layer, below);
      held.set(key, one);
      return true;
    };
    const adding = new Map();
    const turns = boxes.map((box) => {
      const turn = async () => {
        const key = box.value;
        if (box.checked && !adding.has(key)) adding.set(key, guarded(key, () => add(key)));
        // One that failed is tried again by whoever asks for it again.
        if (!(await adding.get(key))) adding.delete(key);
        held.get(key)?.parts.forEach((id) => map.setLayoutProperty(id, "visibility", box.checked ? "visible" : "none"));
      };
      box.addEventListener("change", turn);
      return turn();
    });
    // The address of tiles ends after some hours; what it was given for is asked anew.
    map.on("error", (event) => {
      if (event.error?.status === 410 && event.sourceId) map.getSource(event.sourceId).setUrl(tiles(event.sourceId));
      else if (held.has(event.sourceId)) note(event.sourceId, data.broken);
    });
    const renew = async (one) => {
      const found = await read(one);
      if (!found) return;
      one.said = found;
      map.getSource(one.key).setData(shown(one));
    };
    const again = () => { for (const [key, one] of held) if (one.data) guarded(key, () => renew(one)); };
    if (data.liveAt) new EventSource(data.liveAt).addEventListener("message", again);
    else setInterval(again, 60000);

    // A click: what is there, in a card; of many points that are one, closer.
    const measure = new Measure(map, data);
    const parts = () => [...held.values()].flatMap((one) => one.parts).filter((id) => map.getLayer(id));
    map.on("click", (event) => {
      if (measure.on) { measure.add(event.lngLat); return; }
      const near = [[event.point.x - 6, event.point.y - 6], [event.point.x + 6, event.point.y + 6]];
      const found = map.queryRenderedFeatures(near, { layers: parts() })[0];
      if (found?.properties.point_count) {
        map.easeTo({ center: found.geometry.coordinates, zoom: map.getZoom() + 2 });
      } else if (found) {
        const address = data.card.replace("/-/-/", `/${found.source}/${encodeURIComponent(found.properties.id)}/`);
        open(address);
      } else {
        const there = map.queryRenderedFeatures(event.point, { layers: ["counties"] })[0];
        if (there) county(there.properties.code);
      }
    });
    map.on("mousemove", (event) => {
      const over = measure.on ? [] : map.queryRenderedFeatures(event.point, { layers: [...parts(), "counties"] });
      map.getCanvas().style.cursor = measure.on ? "crosshair" : over.length ? "pointer" : "";
    });
    document.querySelectorAll("[data-scripted]").forEach((one) => { one.hidden = false; });
    await Promise.all(turns);
    desk.dataset.whole = "yes";
  };

  // Distances on a sphere of the mean radius (IUGG, 6,371.0088 km): within 0.6 % of the ellipsoid.
  const RADIUS = 6371.0088;
  const radians = (degrees) => (degrees * Math.PI) / 180;

  class Measure {
    constructor(map, words) {
      Object.assign(this, { map, words, on: false, points: [] });
      this.button = document.getElementById("map-measure");
      this.said = document.getElementById("map-measured");
      this.within = document.getElementById("map-within");
      const empty = { type: "FeatureCollection", features: [] };
      map.addSource("measure", { type: "geojson", data: empty });
      const line = { "line-color": colour("--red"), "line-width": 2.5 };
      map.addLayer({ id: "measure", type: "line", source: "measure", paint: line });
      const dot = { "circle-radius": 4, "circle-color": colour("--red") };
      map.addLayer({ id: "measure-dots", type: "circle", source: "measure", paint: dot });
      this.button.addEventListener("click", () => this.turn(!this.on));
      document.addEventListener("keydown", (event) => { if (event.key === "Escape" && this.on) this.turn(false); });
    }

    turn(on) {
      this.on = on;
      this.button.setAttribute("aria-pressed", String(on));
      this.points = [];
      this.draw();
    }

    add(at) {
      this.points.push([at.lng, at.lat]);
      this.draw();
    }

    draw() {
      const line = { type: "LineString", coordinates: this.points };
      const dots = this.points.map((one) => ({ type: "Feature", properties: {}, geometry: { type: "Point", coordinates: one } }));
      const drawn = this.points.length > 1 ? [{ type: "Feature", properties: {}, geometry: line }, ...dots] : dots;
      this.map.getSource("measure").setData({ type: "FeatureCollection", features: drawn });
      const km = this.points.slice(1).reduce((sum, one, at) => sum + this.apart(this.points[at], one), 0);
      const parts = this.points.length > 1 ? [`${this.words.length} ${km.toFixed(km < 10 ? 2 : 1)} km`] : [];
      if (this.points.length > 2) parts.push(`${this.words.area} ${this.inside().toFixed(this.inside() < 100 ? 2 : 0)} km²`);
      this.said.textContent = parts.join(" · ");
      // What lies in the area that was drawn, on a page of its own.
      const ring = [...this.points, ...this.points.slice(0, 1)].map((at) => at.map((one) => one.toFixed(5)).join(" "));
      const query = new URLSearchParams({ programme: this.words.programme, wkt: `POLYGON((${ring.join(", ")}))` });
      this.within.hidden = this.points.length < 3;
      this.within.href = `${this.words.analysis}?${query}`;
    }

    apart([lon, lat], [toLon, toLat]) {
      const half = Math.sin(radians(toLat - lat) / 2) ** 2
        + Math.cos(radians(lat)) * Math.cos(radians(toLat)) * Math.sin(radians(toLon - lon) / 2) ** 2;
      return 2 * RADIUS * Math.asin(Math.sqrt(half));
    }

    inside() {
      const ring = [...this.points, this.points[0]];
      const sum = ring.slice(1).reduce((total, [lon, lat], at) => total
        + radians(lon - ring[at][0]) * (2 + Math.sin(radians(ring[at][1])) + Math.sin(radians(lat))), 0);
      return Math.abs((sum * RADIUS * RADIUS) / 2);
    }
  }

  start().catch(() => {
    const place = document.getElementById("map-canvas");
    if (!desk.dataset.ready) place.insertAdjacentText("beforeend", data.failed);
  });
})();
