/* The territory's map. ui/map.py calls `Zevillage.create` once and sends one line of JSON at each change.
 *
 * Texts arrive through ui.map.safe() and are decoded by `text()`; they reach the page by textContent only. There is no
 * innerHTML, no Leaflet popup, no Leaflet tooltip and no attribution control here, because each of them parses HTML.
 */
(function () {
  "use strict";
  const SVG = "http://www.w3.org/2000/svg";
  const NAMED = { amp: "&", lt: "<", gt: ">", quot: '"' };
  const INK = "#4a4f57", DOTS = "#7f858e", ABSENT = "#d9dee4"; // as HATCH, DOTS and NOT_IMPORTED_FILL of analysis/palette.py
  const MAX_RADIUS = 26; // pixels, as in ui/legend.py
  const BUTTONS = 52; // pixels that the buttons take at the left
  const HINTS = ["P : noms · Échap : quitter", "← → : autre indicateur · P : noms · Échap : quitter"];
  const state = { map: null, base: null, data: null, layers: [], byCode: {}, renders: 0, line: "", early: [] };
  window.Zevillage = { create, update, early, text, follow, place };

  /* streamlit-folium passes each change to eval(), which the Content-Security-Policy forbids ('unsafe-eval' is never
   * allowed). Its call finds this reader instead: the one line of JSON that ui.map wrote is read, nothing is run. */
  const MARK = "//zevillage ";
  const native = window.eval; // for developers' tools; the policy refuses it to pages
  window.eval = function (sent) {
    const line = lineOf(sent);
    if (line === null) return native(sent);
    const at = state.early.indexOf(line);
    // Painted already, and what came after it too. Anything else is news, and so is then whatever follows it.
    if (at >= 0) return void state.early.splice(0, at + 1);
    state.early = [];
    show(line, JSON.parse(line));
  };

  /** The line of JSON in what ui.map wrote, null in any other text. */
  function lineOf(sent) {
    return typeof sent === "string" && sent.startsWith(MARK) ? sent.slice(MARK.length).split("\n", 1)[0] : null;
  }

  /** Paint what static/ahead.js read off the connection, and remember that it will be handed on once more. Whether it is of this map. */
  function early(sent) {
    const line = lineOf(sent);
    if (line === null || line === state.line || !state.data) return false; // the first one makes the frame, and comes the long way
    const data = JSON.parse(line);
    if (!data.map || data.map !== state.data.map) return false; // another map of the page
    show(line, data);
    state.early = [...state.early.slice(-20), line];
    return true;
  }

  function show(line, data) {
    state.line = line;
    update(data);
  }

  /** Undo ui.map.safe(): one pass, so that an entity written by somebody stays the text it was. */
  function text(value) {
    return String(value == null ? "" : value).replace(/&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(amp|lt|gt|quot));/g, (all, dec, hex, name) =>
      name ? NAMED[name] : String.fromCodePoint(Math.min(parseInt(dec || hex, dec ? 10 : 16), 0x10ffff)));
  }

  /** A list of texts sent as one string; ui.map._pack wrote it ("|" between texts, "~" for the narrow no-break space). */
  function unpack(packed) {
    return packed ? packed.split("|").map((one) => text(one.replace(/~/g, "\u202f"))) : [];
  }

  function element(tag, name, content, parent) {
    const node = document.createElement(tag);
    if (name) node.className = name;
    if (content != null) node.textContent = content;
    if (parent) parent.appendChild(node);
    return node;
  }

  function svg(tag, attributes, parent) {
    const node = document.createElementNS(SVG, tag);
    for (const key in attributes) node.setAttribute(key, attributes[key]);
    if (parent) parent.appendChild(node);
    return node;
  }

  function create(id, base) {
    document.documentElement.lang = "fr";
    const touch = window.matchMedia("(pointer: coarse)").matches;
    const map = L.map(id, {
      zoomControl: false, attributionControl: false, zoomSnap: 0.25, zoomDelta: 0.5, minZoom: 2, maxZoom: 17,
      // One finger and the bare wheel belong to the page: a map must not trap who scrolls past it.
      scrollWheelZoom: false, dragging: !touch, preferCanvas: base.canvas, fadeAnimation: false,
    });
    state.map = map; state.base = base; state.touch = touch; state.layers = []; state.byCode = {}; state.data = null; state.early = [];
    const [west, south, east, north] = base.bounds;
    state.bounds = L.latLngBounds([[south, west], [north, east]]);
    fit();
    [["zv-around", 350], ["zv-outline", 420], ["zv-chosen", 430], ["zv-circles", 440], ["zv-markers", 620], ["zv-labels", 630]].forEach(([name, z]) => {
      const pane = map.createPane(name);
      pane.style.zIndex = z;
      if (name !== "zv-circles" && name !== "zv-markers") pane.style.pointerEvents = "none";
    });
    // Upper panes are small and drawn as SVG even above a canvas, which would swallow the pointer.
    state.draw = {};
    ["zv-around", "zv-outline", "zv-chosen", "zv-circles"].forEach((name) => { state.draw[name] = L.svg({ pane: name }); });
    if (base.canvas) state.canvas = L.canvas({ padding: 0.1 });
    controls(map);
    const box = map.getContainer();
    state.tip = element("div", "zv-tip", null, box);
    state.tip.hidden = true;
    state.note = element("div", "zv-note", null, box);
    state.note.setAttribute("role", "status");
    state.note.hidden = true;
    state.title = element("div", "zv-title", null, box);
    state.ranks = element("div", "zv-ranks", null, box);
    state.side = element("div", "zv-side", null, box);
    state.sentence = element("p", "zv-sentence", null, state.side);
    state.legend = element("div", "zv-legend", null, state.side);
    state.strip = element("div", "zv-strip", null, box);
    // In full screen one reads and scrolls these; the map under them stays where it is.
    [state.ranks, state.side].forEach((panel) => { L.DomEvent.disableScrollPropagation(panel); L.DomEvent.disableClickPropagation(panel); });
    // Leaflet takes the focus at a press of the button; the page would scroll under the pointer and lose the click.
    box.focus = () => HTMLElement.prototype.focus.call(box, { preventScroll: true });
    // The box changes without its window when a bar to scroll comes or goes: Leaflet would go on with the old size.
    if (window.ResizeObserver) new ResizeObserver(() => {
      const whole = atHome();
      map.invalidateSize({ animate: false });
      if (whole) fit();
    }).observe(box);
    document.addEventListener("keydown", keys, true);
    wheel(map, box);
    map.on("zoomstart", () => { state.zooming = true; });
    map.on("zoomend", () => { state.zooming = false; });
    map.on("zoomend moveend resize", crowd);
    map.on("move moveend", lead);
    load(base.geometry).then((topology) => { polygons(topology); paint(); ground(); }, () => {
      say("Les contours des communes n’ont pas pu être chargés. Rechargez la page.", 0);
    });
    return map;
  }

  function load(file) {
    const get = () => fetch("../../geo/" + file).then((answer) => {
      if (!answer.ok) throw new Error(answer.status);
      return answer.json();
    });
    return get().catch(() => new Promise((done) => setTimeout(done, 600)).then(get));
  }

  /** Rings of latitudes and longitudes of one TopoJSON geometry. */
  function decode(topology) {
    const { scale: [sx, sy], translate: [tx, ty] } = topology.transform;
    const arcs = topology.arcs.map((arc) => {
      let x = 0, y = 0;
      return arc.map(([dx, dy]) => [(y += dy) * sy + ty, (x += dx) * sx + tx]);
    });
    const ring = (ids) => [].concat(...ids.map((id) => (id < 0 ? arcs[~id].slice().reverse() : arcs[id])));
    return topology.objects.contours.geometries.map((one) => ({
      code: one.id, name: one.properties.name, town: !!one.properties.town, at: [one.properties.at[1], one.properties.at[0]],
      rings: (one.type === "Polygon" ? [one.arcs] : one.arcs).map((polygon) => polygon.map(ring)),
    }));
  }

  function polygons(topology) {
    const group = L.featureGroup();
    const options = { weight: state.base.canvas ? 0.4 : 1, color: INK, opacity: 1, fillOpacity: 1, fillColor: "#ffffff",
      smoothFactor: state.base.canvas ? 1 : 0.5, renderer: state.canvas };
    decode(topology).forEach((one, index) => {
      const layer = L.polygon(one.rings, Object.assign({}, options));
      layer.zv = { index, code: one.code, name: one.name, at: one.at, rings: one.rings };
      state.layers.push(layer);
      state.byCode[one.code] = layer;
      group.addLayer(layer);
    });
    const over = (event) => {
      const layer = event.propagatedFrom || event.layer;
      if (state.hover !== layer) { unhover(); state.hover = layer; layer.setStyle({ weight: state.base.canvas ? 2 : 3.5 }); }
      tip(event, nameOf(layer), state.tooltips[layer.zv.index]);
    };
    group.on("mouseover mousemove", over);
    group.on("mouseout", () => { unhover(); state.tip.hidden = true; });
    group.on("click", (event) => { over(event); choose((event.propagatedFrom || event.layer).zv.code); });
    group.addTo(state.map);
    if (!state.base.canvas) patterns();
  }

  /** What lies around: neighbouring communes in pale grey, and where the territory lies, small. The map is whole without them. */
  function ground() {
    const base = state.base;
    if (base.around) load(base.around).then(decode).then((list) => {
      const group = L.layerGroup();
      state.around = list;
      list.forEach((one) => group.addLayer(L.polygon(one.rings, { pane: "zv-around", renderer: state.draw["zv-around"], color: "#ffffff",
        weight: 1, opacity: 1, fillColor: "#eceef1", fillOpacity: 1, interactive: false, smoothFactor: 0.5 })));
      replace("aroundLayer", group);
      crowd();
    }, () => { /* the territory stands alone */ });
    if (base.inset && !base.canvas) load(base.inset).then(decode).then((list) => { inset(list); crowd(); }, () => { /* no inset */ });
  }

  /** The département and the territory in it, in a corner. */
  function inset(list) {
    const rings = [].concat(...list.map((one) => [].concat(...one.rings)));
    const own = [].concat(...state.layers.map((layer) => [].concat(...layer.zv.rings)));
    let [west, south, east, north] = [180, 90, -180, -90];
    rings.forEach((ring) => ring.forEach(([lat, lon]) => { west = Math.min(west, lon); east = Math.max(east, lon); south = Math.min(south, lat); north = Math.max(north, lat); }));
    const narrow = Math.cos((south + north) / 2 * Math.PI / 180), wide = (east - west) * narrow, high = north - south;
    const scale = 100 / Math.max(wide, high);
    const path = (all) => all.map((ring) => "M" + ring.map(([lat, lon]) => ((lon - west) * narrow * scale).toFixed(1) + " " + ((north - lat) * scale).toFixed(1)).join("L") + "Z").join("");
    const box = element("div", "zv-inset", null, state.map.getContainer());
    box.setAttribute("role", "img");
    const where = list.map((one) => one.name).join(", ");
    box.setAttribute("aria-label", "Situation dans le département : " + where);
    const picture = svg("svg", { viewBox: "-2 -2 " + (wide * scale + 4).toFixed(1) + " " + (high * scale + 4).toFixed(1), "aria-hidden": "true" }, box);
    svg("path", { d: path(rings), fill: "#ffffff", stroke: "#5b636e", "stroke-width": 1.2 }, picture);
    svg("path", { d: path(own), fill: "#16202c", "fill-rule": "nonzero" }, picture);
    element("span", "", where, box);
  }

  function unhover() {
    if (state.hover) state.hover.setStyle({ weight: state.base.canvas ? 0.4 : 1 });
    state.hover = null;
  }

  function nameOf(layer) { return state.names[layer.zv.code] || layer.zv.name; }

  /** Dense crossed hatching for suppressed, light dots for missing, both on white, flat grey (ABSENT) for what is not imported: a grey print tells them apart by their darkness. */
  function patterns() {
    const root = state.map.getPane("overlayPane").querySelector("svg");
    if (!root || root.querySelector("#zv-suppressed")) return;
    const defs = svg("defs", {}, null);
    root.insertBefore(defs, root.firstChild);
    const hatch = svg("pattern", { id: "zv-suppressed", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, defs);
    svg("rect", { width: 6, height: 6, fill: "#ffffff" }, hatch);
    svg("rect", { width: 1.6, height: 6, fill: INK }, hatch);
    svg("rect", { width: 6, height: 1.6, fill: INK }, hatch);
    const dots = svg("pattern", { id: "zv-missing", width: 8, height: 8, patternUnits: "userSpaceOnUse" }, defs);
    svg("rect", { width: 8, height: 8, fill: "#ffffff" }, dots);
    svg("circle", { cx: 4, cy: 4, r: 1.1, fill: DOTS }, dots);
  }

  let canvasFills = null;
  function fills() {
    if (!state.base.canvas) return { s: "url(#zv-suppressed)", m: "url(#zv-missing)", n: ABSENT };
    if (canvasFills) return canvasFills;
    const tile = (draw) => {
      const canvas = document.createElement("canvas");
      canvas.width = canvas.height = 8;
      const pen = canvas.getContext("2d");
      pen.fillStyle = "#ffffff"; pen.fillRect(0, 0, 8, 8); pen.fillStyle = pen.strokeStyle = INK; draw(pen);
      return pen.createPattern(canvas, "repeat");
    };
    canvasFills = {
      n: ABSENT,
      s: tile((pen) => {
        pen.lineWidth = 1.5; pen.beginPath();
        [[-2, 2, 2, -2], [0, 8, 8, 0], [6, 10, 10, 6], [-2, 6, 2, 10], [0, 0, 8, 8], [6, -2, 10, 2]].forEach(([a, b, c, d]) => { pen.moveTo(a, b); pen.lineTo(c, d); });
        pen.stroke();
      }),
      m: tile((pen) => { pen.fillStyle = DOTS; pen.beginPath(); pen.arc(4, 4, 1.1, 0, 7); pen.fill(); }),
    };
    return canvasFills;
  }

  function update(data) {
    // What the keys asked for is drawn, or the list has changed meanwhile.
    if (!data.steps || data.steps[0] === state.wanted || !state.data || !state.data.steps || state.data.steps[1] !== data.steps[1]) state.wanted = null;
    const joins = !!data.sync && (!state.data || state.data.sync !== data.sync);
    state.data = data;
    paint();
    if (joins) join();
  }

  /* Maps side by side share one view. The frames are of one origin, so each finds its neighbours of the same page, and of no
   * other tab, through their parent; only numbers go from one to the other. */

  /** The other maps of this page whose state names the same `sync`. */
  function neighbours() {
    const found = [];
    try {
      for (let i = 0; i < window.parent.frames.length; i++) {
        const other = window.parent.frames[i];
        try { if (other !== window && other.Zevillage && other.Zevillage.follow) found.push(other.Zevillage); } catch (error) { /* a frame of another origin */ }
      }
    } catch (error) { /* the page itself is of another origin */ }
    return found;
  }

  /** Where this map stands, for a neighbour of the group `sync`: [latitude, longitude, zoom], or nothing. */
  function place(sync) {
    if (!state.map || !state.data || state.data.sync !== sync || full()) return null;
    const { lat, lng } = state.map.getCenter();
    return [lat, lng, state.map.getZoom()];
  }

  /** A map that arrives takes the view of those that are there. */
  function join() {
    for (const other of neighbours()) {
      const view = other.place(state.data.sync);
      if (view) return follow(state.data.sync, ...view);
    }
  }

  /** The reader moved this map: its neighbours follow. */
  function lead() {
    if (state.following || !state.data || !state.data.sync || full()) return;
    const view = place(state.data.sync);
    neighbours().forEach((other) => other.follow(state.data.sync, ...view));
  }

  /** Take the view of a neighbour, without leading in turn. */
  function follow(sync, lat, lng, zoom) {
    const map = state.map;
    if (!map || !state.data || state.data.sync !== sync || full()) return;
    const here = map.getCenter();
    if (map.getZoom() === zoom && Math.abs(here.lat - lat) < 1e-9 && Math.abs(here.lng - lng) < 1e-9) return;
    state.following = true;
    try { map.setView([lat, lng], zoom, { animate: false }); } finally { state.following = false; }
  }

  /** Draw `state.data` over the contours; called at each change, and once the contours have come. */
  function paint() {
    const data = state.data, map = state.map;
    if (!data || !map) return;
    const title = text(data.title);
    try { if (window.frameElement) { window.frameElement.title = title; } } catch (error) { /* another origin: keep the default */ }
    document.title = title;
    const box = map.getContainer();
    box.setAttribute("role", "application");
    box.setAttribute("aria-label", title);
    state.title.textContent = title;
    state.attribution.textContent = text(data.attribution);
    state.attribution.hidden = !data.attribution;
    legend(data.legend);
    state.sentence.textContent = text(data.sentence);
    state.names = {};
    for (const code in data.names || {}) state.names[text(code)] = text(data.names[code]);
    const texts = unpack(data.texts);
    state.tooltips = data.textOf ? data.textOf.map((i) => texts[i]) : texts;
    tiles(data.background);
    if (!state.layers.length) return;
    const special = fills(), alpha = data.background ? 0.7 : 1;
    state.layers.forEach((layer, index) => {
      const kind = data.classes[index];
      const fill = special[kind] ? special[kind] : data.colors[kind] || special.m;
      const color = special[kind] ? "#9aa1ab" : "#ffffff"; // white between colours; white would vanish between white ones
      const now = layer.options;
      if (now.fillColor !== fill || now.fillOpacity !== alpha || now.color !== color) layer.setStyle({ fillColor: fill, fillOpacity: alpha, color });
    });
    outlines(data.outlines || null);
    chosen(text(data.selected));
    circles(data.circles || [], data.circleTexts);
    markers(data.markers || []);
    labels(data.labels || "");
    ranks(data.ranks || [], text(data.selected));
    if (full()) around();
    const renders = ++state.renders;
    requestAnimationFrame(() => requestAnimationFrame(() => { document.documentElement.dataset.painted = String(renders); }));
  }

  /** Relative luminance of #rrggbb, as WCAG defines it. */
  function luminance(color) {
    const [r, g, b] = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }

  function replace(key, layer) {
    if (state[key]) state.map.removeLayer(state[key]);
    state[key] = layer;
    if (layer) layer.addTo(state.map);
  }

  /** Limits of the groups, fetched once and kept while they are hidden. */
  function outlines(file) {
    if (state.outlineFile === file) return;
    state.outlineFile = file;
    if (!file) return replace("outline", null);
    state.outlinesOf = state.outlinesOf || {};
    const shapes = state.outlinesOf[file] || (state.outlinesOf[file] = load(file).then(decode));
    shapes.then((list) => {
      if (state.outlineFile !== file) return;
      const group = L.layerGroup();
      list.forEach((one) => {
        group.addLayer(line(one.rings, "zv-outline", "#16202c", 2.5));
      });
      replace("outline", group);
    }, () => {
      delete state.outlinesOf[file];
      say("Les limites des groupes n’ont pas pu être chargées.", 6000);
    });
  }

  function line(rings, pane, color, weight) {
    return L.polygon(rings, { pane, renderer: state.draw[pane], color, weight, opacity: 1, fill: false, interactive: false, smoothFactor: 0.5 });
  }

  function chosen(code) {
    const layer = code ? state.byCode[code] : null;
    if (!layer) return replace("chosenLayer", null);
    const rings = layer.getLatLngs();
    replace("chosenLayer", L.layerGroup([line(rings, "zv-chosen", "#ffffff", 9), line(rings, "zv-chosen", "#111111", 5)]));
  }

  /** Area proportional to the value: [rank of the commune, radius in pixels(, latitude, longitude)], and texts. */
  function circles(list, packed) {
    state.rounds = {}; // rank of a commune: radius of the circle on its own point
    if (!list.length) return replace("circleLayer", null);
    const group = L.layerGroup(), texts = unpack(packed);
    list.forEach(([rank, radius, lat, lon], index) => {
      const layer = state.layers[rank], said = texts[index];
      if (lat === undefined) state.rounds[rank] = Math.min(radius, MAX_RADIUS);
      const circle = L.circleMarker(lat === undefined ? layer.zv.at : [lat, lon], { pane: "zv-circles", renderer: state.draw["zv-circles"],
        radius: Math.min(radius, MAX_RADIUS), color: "#111111", weight: 2, fillColor: state.data.circleColor || "#c51b7d", fillOpacity: 0.75, bubblingMouseEvents: false });
      const name = layer ? nameOf(layer) : "";
      circle.zv = rank;
      circle.on("mouseover mousemove", (event) => tip(event, name, said));
      circle.on("mouseout", () => { state.tip.hidden = true; });
      circle.on("click", (event) => { tip(event, name, said); if (layer) choose(layer.zv.code); });
      group.addLayer(circle);
    });
    replace("circleLayer", group);
  }

  function markers(list) {
    if (!list.length) return replace("markerLayer", null);
    const group = L.layerGroup();
    list.forEach(([lat, lon, kind, label]) => {
      const shape = element("div", "zv-marker" + (/^[a-z]+$/.test(kind) ? " zv-" + kind : ""));
      const marker = L.marker([lat, lon], { pane: "zv-markers", keyboard: false, icon: L.divIcon({ className: "zv-label-free", html: shape, iconSize: [14, 14] }) });
      const said = text(label);
      marker.on("mouseover mousemove click", (event) => tip(event, said, ""));
      marker.on("mouseout", () => { state.tip.hidden = true; });
      group.addLayer(marker);
    });
    replace("markerLayer", group);
  }

  function labels(packed) {
    const list = unpack(packed);
    const times = new Map();
    list.forEach((said) => times.set(said, (times.get(said) || 0) + 1));
    const named = !!state.data.showNames;
    const order = named ? state.base.order : list.map((_, index) => index).sort((a, b) => times.get(list[a]) - times.get(list[b]));
    state.labelled = order.map((index) => [[named ? nameOf(state.layers[index]) : "", list[index] || ""].filter(Boolean), index]).filter(([lines]) => lines.length);
    crowd();
  }

  /** Write the labels that find room: those of the most people first, or the rarest words; the others wait for a closer zoom.
   *
   * A label stands on its commune's point, or beside it where a circle or another label is in the way; a commune too small for its own,
   * or with none of these places free, has it outside, at the end of a line that crosses no other label and no circle. Names of the
   * communes around come last, and never over the territory.
   */
  function crowd() {
    if (!state.labelled || !state.layers.length) return;
    corner();
    const map = state.map, view = map.getBounds().pad(0.02), taken = obstacles(), group = L.layerGroup();
    const size = letter(), written = state.namesOff ? [] : state.labelled, { x: wide, y: high } = map.getSize();
    // A name that is cut reads as another one; a text that is wider than the frame is cut wherever it stands.
    const whole = (box) => box.y >= box.h && box.y <= high - box.h && (2 * box.w > wide || (box.x >= box.w && box.x <= wide - box.w));
    const free = (box) => whole(box) && !taken.some((other) => covers(other, box));
    const few = written.length <= 60; // of a whole département the names wait for a closer zoom
    let count = 0;
    for (const [lines, index] of written) {
      const layer = state.layers[index], at = layer.zv.at;
      if (!view.contains(at) || count >= 400) continue;
      const { x, y } = map.latLngToContainerPoint(at);
      const room = span(layer), round = state.rounds[index] || 0;
      let spot = null, w = 0, h = 0, shown = lines;
      const line = (dx, dy) => along(dx, dy, w, h, round).map(([right, down]) => ({ x: x + right, y: y + down, w: 2, h: 2 }));
      // Beside the circle of another commune a name without a line reads as that one's.
      const apart = (box) => !taken.some((other) => other.round && other.rank !== index && covers(other, box));
      // Where name and value find no room together, the value alone; where nothing finds room, outside whatever the commune's size.
      const tries = (lines[1] ? [lines, lines.slice(1)] : [lines]).map((one) => [one, false]);
      if (few) tries.push([lines, true]);
      for (const [what, far] of tries) {
        shown = what;
        w = Math.max(...shown.map((one) => measured(one, size, 650))) / 2 + 3;
        h = shown.length * size * 0.6 + 2;
        spot = spots(w, h, round, far || room < 2 * w).find(([dx, dy, outside]) =>
          free({ x: x + dx, y: y + dy, w, h }) && (outside ? line(dx, dy).every(free) : !(dx || dy) || apart({ x: x + dx, y: y + dy, w: w + 6, h: h + 4 })));
        if (spot) break;
      }
      if (!spot) continue;
      const [dx, dy, outside] = spot;
      taken.push({ x: x + dx, y: y + dy, w, h }, ...(outside ? line(dx, dy) : []));
      count += 1;
      const box = element("div", "zv-text");
      shown.forEach((one) => element("span", one === lines[1] ? "zv-value" : "", one, box));
      box.style.left = dx + "px"; box.style.top = dy + "px";
      const holder = element("div", "");
      if (outside) holder.appendChild(leader(dx, dy, w, h, round));
      holder.appendChild(box);
      group.addLayer(L.marker(at, { pane: "zv-labels", icon: L.divIcon({ className: "zv-label", html: holder, iconSize: [0, 0] }), interactive: false, keyboard: false }));
    }
    if (state.data && state.data.showNames && !state.namesOff && !state.data.background) for (const one of state.around || []) {
      if (!view.contains(one.at)) continue;
      const { x, y } = map.latLngToContainerPoint(one.at), w = measured(one.name, size - 1, "italic 400") / 2 + 3, h = size * 0.6;
      if (!free({ x, y, w, h }) || [[-w, -h], [w, -h], [-w, h], [w, h], [0, 0]].some(([dx, dy]) => inside(x + dx, y + dy))) continue;
      taken.push({ x, y, w, h });
      const text = element("span", one.town ? "zv-beside zv-town" : "zv-beside", one.name);
      group.addLayer(L.marker(one.at, { pane: "zv-labels", icon: L.divIcon({ className: "zv-label", html: text, iconSize: [0, 0] }), interactive: false, keyboard: false }));
    }
    replace("labelLayer", group);
  }

  /** How large the names are written, in pixels: in full screen by the room that the panels leave. */
  function letter() {
    if (!full()) return 13;
    const { x, y } = state.map.getSize(), [left, right, below] = taken();
    const size = Math.max(13, Math.min(24, Math.round(Math.min(x - left - right, y - below) / 34)));
    document.documentElement.style.setProperty("--zv-letter", size + "px");
    return size;
  }

  /** Put the inset where it covers no commune: its corner, else the other one, else nowhere. */
  function corner() {
    const box = state.map.getContainer().querySelector(".zv-inset");
    if (!box) return;
    const steps = [0, 0.25, 0.5, 0.75, 1], frame = state.map.getContainer().getBoundingClientRect();
    const covers = () => {
      const { left, top, width, height } = box.getBoundingClientRect();
      return steps.some((right) => steps.some((down) => inside(left - frame.left + right * width, top - frame.top + down * height)));
    };
    box.style.visibility = "";
    box.classList.remove("zv-aside");
    if (!covers()) return;
    box.classList.add("zv-aside");
    if (covers()) box.style.visibility = "hidden";
  }

  /** How wide a text is drawn, in pixels. */
  function measured(said, size, style) {
    const pen = state.pen || (state.pen = document.createElement("canvas").getContext("2d"));
    pen.font = style + " " + size + "px " + (state.family || (state.family = getComputedStyle(state.map.getContainer()).fontFamily));
    return pen.measureText(said).width;
  }

  /** Where no label may stand, as boxes around a middle: circles, buttons, the inset, the scale. */
  function obstacles() {
    const map = state.map, size = map.getSize(), found = [];
    if (state.circleLayer) state.circleLayer.eachLayer((circle) => {
      const { x, y } = map.latLngToContainerPoint(circle.getLatLng()), radius = circle.getRadius();
      found.push({ x, y, w: radius, h: radius, round: true, rank: circle.zv });
    });
    const frame = map.getContainer().getBoundingClientRect();
    map.getContainer().querySelectorAll(".leaflet-bar, .zv-inset:not([style*=hidden]), .zv-north, .leaflet-control-scale, .leaflet-control-attribution, .zv-ranks, .zv-side, .zv-strip, .zv-title").forEach((node) => {
      const box = node.getBoundingClientRect();
      found.push({ x: (box.left + box.right) / 2 - frame.left, y: (box.top + box.bottom) / 2 - frame.top, w: box.width / 2, h: box.height / 2 });
    });
    return found.filter((box) => box.w && box.x < size.x + box.w);
  }

  /** Whether the obstacle `other` (a box around its middle, or a circle) covers part of `box`. */
  function covers(other, box) {
    const right = Math.abs(other.x - box.x), down = Math.abs(other.y - box.y);
    if (right >= other.w + box.w || down >= other.h + box.h) return false;
    return !other.round || Math.hypot(Math.max(0, right - box.w), Math.max(0, down - box.h)) < other.w;
  }

  /** How wide a commune is on screen, in pixels. */
  function span(layer) {
    const bounds = layer.getBounds(), map = state.map;
    return map.latLngToContainerPoint(bounds.getNorthEast()).x - map.latLngToContainerPoint(bounds.getSouthWest()).x;
  }

  /** The places of a label around its point, the best first: [right, down, outside]. `round` is the radius of the commune's own circle. */
  function spots(w, h, round, small) {
    const slant = round * 0.75;
    const list = round ? [[0, -round - h - 1], [0, round + h + 1], [round + w + 1, 0], [-round - w - 1, 0], [slant + w, -slant - h], [slant + w, slant + h], [-slant - w, -slant - h], [-slant - w, slant + h]].map(([x, y]) => [x, y, false]) : [[0, 0], [0, -h - 6], [0, h + 6], [0, -h - 22], [0, h + 22], [w * 0.5, 0], [-w * 0.5, 0], [w * 0.8, -h], [-w * 0.8, -h], [w * 0.8, h], [-w * 0.8, h], [0, -2 * h - 14], [0, 2 * h + 14], [w + 12, 0], [-w - 12, 0]].map(([x, y]) => [x, y, false]);
    // Outside, the nearest first: beside, then at the corners, up to a hundred pixels away.
    if (small) [18, 40, 70, 100].forEach((far) => [[1, 0], [-1, 0], [0.7, -0.7], [-0.7, -0.7], [0.7, 0.7], [-0.7, 0.7], [0, -1], [0, 1]].forEach(([right, down]) =>
      list.push([right * (round + far) + Math.sign(right) * w, down * (round + far) + Math.sign(down) * h, true])));
    return list;
  }

  /** Where the line from a commune's point meets its label outside. */
  function meeting(dx, dy, w, h) {
    return [Math.abs(dx) > w ? dx - Math.sign(dx) * w : dx, Math.abs(dx) > w ? dy : dy - Math.sign(dy) * h];
  }

  /** Where that line begins: on the commune's point, or at the edge of its circle of radius `round`. */
  function beginning([right, down], round) {
    const share = round ? (round + 2) / Math.hypot(right, down) : 0;
    return [right * share, down * share];
  }

  /** Points of that line, a few pixels apart. */
  function along(dx, dy, w, h, round) {
    const end = meeting(dx, dy, w, h), start = beginning(end, round), count = Math.ceil(Math.hypot(end[0] - start[0], end[1] - start[1]) / 5) || 1;
    // The first point of a line from a circle would meet that circle.
    return Array.from({ length: count + 1 }, (_, step) => start.map((from, axis) => from + (end[axis] - from) * step / count)).slice(round ? 1 : 0);
  }

  /** The line from a commune's point to its label outside. */
  function leader(dx, dy, w, h, round) {
    const picture = svg("svg", { class: "zv-leader", width: 1, height: 1, "aria-hidden": "true" }, null);
    const end = meeting(dx, dy, w, h), start = beginning(end, round);
    svg("line", { x1: start[0], y1: start[1], x2: end[0], y2: end[1], stroke: "#ffffff", "stroke-width": 3 }, picture);
    svg("line", { x1: start[0], y1: start[1], x2: end[0], y2: end[1], stroke: "#16202c", "stroke-width": 1.2 }, picture);
    if (!round) svg("circle", { r: 2.2, fill: "#16202c" }, picture);
    return picture;
  }

  /** Whether a point of the frame lies in the territory. */
  function inside(x, y) {
    const { lat, lng } = state.map.containerPointToLatLng([x, y]);
    return state.layers.some((layer) => layer.getBounds().contains([lat, lng]) && layer.zv.rings.some((polygon) => polygon.reduce((odd, ring) => {
      for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
        const [a, b] = ring[i], [c, d] = ring[j];
        if (a > lat !== c > lat && lng < (d - b) * (lat - a) / (c - a) + b) odd = !odd;
      }
      return odd;
    }, false)));
  }

  function tip(event, name, said) {
    const box = state.map.getContainer(), node = state.tip;
    node.textContent = "";
    if (name) element("b", "", name, node);
    if (said) element("span", "", said, node);
    node.hidden = !(name || said);
    const at = event.containerPoint || state.map.latLngToContainerPoint(event.latlng);
    const left = at.x + 16 + node.offsetWidth > box.clientWidth ? at.x - 12 - node.offsetWidth : at.x + 16;
    const top = at.y + 16 + node.offsetHeight > box.clientHeight ? at.y - 12 - node.offsetHeight : at.y + 16;
    node.style.left = Math.max(2, left) + "px";
    node.style.top = Math.max(2, top) + "px";
  }

  function choose(code) {
    if (window.Streamlit) window.Streamlit.setComponentValue({ code, n: Date.now() });
  }

  function tiles(kind) {
    if (state.tileKind === kind) return;
    state.tileKind = kind;
    const source = (state.base.tiles || {})[kind];
    // A tile that fails leaves the plain ground: contours and colours never wait for it.
    replace("tileLayer", source ? L.tileLayer(source.url, { maxNativeZoom: source.maxZoom, maxZoom: 17, zIndex: 1, attribution: "" }) : null);
  }

  function say(what, milliseconds) {
    state.note.textContent = what;
    state.note.hidden = false;
    clearTimeout(state.noteTimer);
    if (milliseconds) state.noteTimer = setTimeout(() => { state.note.hidden = true; }, milliseconds);
  }

  function full() { return document.documentElement.classList.contains("zv-full"); }

  function wheel(map, box) {
    box.addEventListener("wheel", (event) => {
      if (full()) return;
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        const step = event.deltaY < 0 ? 0.5 : -0.5, now = Date.now();
        if (now - (state.wheeled || 0) < 60) return;
        state.wheeled = now;
        map.setZoomAround(map.mouseEventToContainerPoint(event), map.getZoom() + step);
      } else {
        say("Ctrl + molette pour agrandir la carte", 1200);
      }
    }, { passive: false });
    if (state.touch) box.addEventListener("touchmove", (event) => {
      if (event.touches.length === 1 && !full()) say("Deux doigts pour déplacer la carte", 1200);
    }, { passive: true });
  }

  function button(parent, label, path, action) {
    const node = element("button", "zv-button", null, parent);
    node.type = "button";
    node.title = label;
    node.setAttribute("aria-label", label);
    const icon = svg("svg", { viewBox: "0 0 18 18", "aria-hidden": "true" }, node);
    svg("path", { d: path, fill: "none", stroke: "currentColor", "stroke-width": 2 }, icon);
    node.addEventListener("click", action);
    return node;
  }

  function controls(map) {
    L.control.zoom({ zoomInTitle: "Agrandir", zoomOutTitle: "Réduire" }).addTo(map);
    const bar = L.control({ position: "topleft" });
    bar.onAdd = () => {
      const box = element("div", "leaflet-bar");
      L.DomEvent.disableClickPropagation(box);
      button(box, "Revoir tout le territoire", "M9 1v5M9 12v5M1 9h5M12 9h5", () => fit());
      state.fullButton = button(box, "Plein écran", "M2 7V2h5M11 2h5v5M16 11v5h-5M7 16H2v-5", toggle);
      return box;
    };
    bar.addTo(map);
    L.control.scale({ imperial: false, maxWidth: 140 }).addTo(map);
    const north = L.control({ position: "topright" });
    north.onAdd = () => {
      const box = element("div", "zv-north");
      box.setAttribute("role", "img");
      box.setAttribute("aria-label", "Le nord est en haut");
      const arrow = svg("svg", { viewBox: "0 0 22 28", "aria-hidden": "true" }, box);
      svg("path", { d: "M11 1 20 26 11 20 2 26Z", fill: "#16202c", stroke: "#ffffff", "stroke-width": 1.5 }, arrow);
      element("span", "", "N", box);
      return box;
    };
    north.addTo(map);
    const attribution = L.control({ position: "bottomright" });
    attribution.onAdd = () => (state.attribution = element("div", "leaflet-control-attribution"));
    attribution.addTo(map);
    document.addEventListener("fullscreenchange", () => mode(!!document.fullscreenElement));
  }

  /** The Fullscreen API where it exists; on an iPhone, which has none for frames, the frame covers the page. */
  function toggle() {
    if (document.fullscreenElement) return void document.exitFullscreen();
    if (full()) return cover(false);
    if (document.fullscreenEnabled) document.documentElement.requestFullscreen().catch(() => cover(true));
    else cover(true);
  }

  function cover(on) {
    try {
      const style = window.frameElement.style;
      if (on) { state.frameStyle = style.cssText; style.cssText += ";position:fixed;inset:0;width:100vw;height:100vh;z-index:1000000;background:#fff"; }
      else style.cssText = state.frameStyle || "";
      mode(on);
    } catch (error) {
      say("Ce navigateur ne propose pas le plein écran ici.", 4000);
    }
  }

  function mode(on) {
    const map = state.map;
    if (on === full()) return;
    state.wanted = null;
    if (on) state.before = atHome() ? null : [map.getCenter(), map.getZoom()];
    document.documentElement.classList.toggle("zv-full", on);
    const label = on ? "Quitter le plein écran" : "Plein écran";
    state.fullButton.title = label;
    state.fullButton.setAttribute("aria-label", label);
    map.scrollWheelZoom[on ? "enable" : "disable"]();
    if (state.touch) map.dragging[on ? "enable" : "disable"]();
    setTimeout(() => {
      map.invalidateSize({ animate: false });
      if (on) {
        state.home = null;
        around();
        fit();
        if (!state.touch) say(HINTS[state.data && state.data.steps ? 1 : 0], 6000);
      } else if (state.before) map.setView(state.before[0], state.before[1], { animate: false });
      else fit();
    }, 120);
  }

  /** In full screen the buttons stand between the panels, under the title and above the source, whose sizes follow their words. */
  function around() {
    const style = document.documentElement.style, whole = atHome();
    style.setProperty("--zv-title", state.title.offsetHeight + "px");
    style.setProperty("--zv-strip", state.strip.offsetHeight + "px");
    const [left, right, below] = taken();
    style.setProperty("--zv-left", left + "px");
    style.setProperty("--zv-right", right + "px");
    style.setProperty("--zv-below", below + "px");
    if (whole) fit();
  }

  /** What the panels take in full screen, in pixels: at the left, at the right, below. */
  function taken() {
    const beside = state.map.getContainer().clientWidth > 900, strip = state.strip.offsetHeight;
    return [state.ranks.offsetWidth, beside ? state.side.offsetWidth : 0, beside ? strip : strip + state.side.offsetHeight];
  }

  /** Show the whole territory: beside the buttons, above the scale, and between the panels of the full screen. */
  function fit() {
    // Leaflet ends the zoom that is under way whatever is asked meanwhile.
    if (state.zooming) return void state.map.once("zoomend", () => setTimeout(fit));
    const map = state.map, edge = { animate: false, paddingTopLeft: [BUTTONS, 8], paddingBottomRight: [8, 26] };
    if (full()) {
      const [left, right, below] = taken();
      edge.paddingTopLeft = [left + BUTTONS + 8, state.title.offsetHeight + 16];
      edge.paddingBottomRight = [right + 24, below + 44];
    }
    map.fitBounds(state.bounds, edge);
    state.home = { at: map.getCenter(), zoom: map.getZoom() };
  }

  /** Whether the reader sees the whole territory as `fit` left it: a change of size then shows it whole again. */
  function atHome() {
    const map = state.map, home = state.home;
    return !!home && map.getZoom() === home.zoom && map.latLngToContainerPoint(home.at).distanceTo(map.getSize().divideBy(2)) < 4;
  }

  /** Ask the page for the indicator `by` places after the one on show, or after the one that was asked for and is not drawn yet: a
   * page that is late draws the last one asked for, so each key must name a place of its own and not a way from where the page is.
   */
  function goOn(by) {
    const [at, count] = state.data.steps;
    const from = state.wanted == null ? (at < 0 && by < 0 ? 0 : at) : state.wanted;
    state.wanted = (from + by + count) % count;
    state.asked = Math.max(Date.now(), (state.asked || 0) + 1); // two keys of one millisecond are two
    if (window.Streamlit) window.Streamlit.setComponentValue({ to: state.wanted, n: state.asked });
  }

  /** In full screen: the arrows ask the page for another indicator, P writes or removes the names. */
  function keys(event) {
    if (!full() || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step && state.data && state.data.steps) {
      event.preventDefault();
      event.stopPropagation(); // Leaflet would move the map
      goOn(step);
    } else if (event.key === "p" || event.key === "P") {
      state.namesOff = !state.namesOff;
      crowd();
      say(state.namesOff ? "Noms masqués" : "Noms écrits", 1500);
    } else if (event.key === "Escape" && !document.fullscreenElement) cover(false);
  }

  /** The communes in the order of their values, each with its text: beside the map in full screen. */
  function ranks(order, selected) {
    state.ranks.textContent = "";
    if (!order.length) return;
    const table = element("table", "", null, state.ranks);
    order.forEach((index) => {
      const layer = state.layers[index], row = element("tr", layer.zv.code === selected ? "zv-current" : "", null, table);
      element("th", "", nameOf(layer), row).scope = "row";
      element("td", "", state.tooltips[index], row);
    });
  }

  /** Rows: ["head", text] | ["class", color, text] | ["suppressed"|"missing"|"absent"|"outline", text] | ["circle", radius, text] | ["marker", kind, text] | ["note", text]. */
  function legend(rows) {
    state.legend.textContent = "";
    let rounds = null;
    const sources = (rows || []).filter((row) => row[0] === "note").map((row) => text(row[row.length - 1]));
    state.strip.textContent = [...sources, state.attribution.textContent].filter(Boolean).join(" · ");
    (rows || []).filter((row) => row[0] !== "note").forEach((row) => {
      const said = text(row[row.length - 1]);
      if (row[0] === "head") return void element("p", "", said, state.legend);
      const circle = row[0] === "circle";
      if (circle && !rounds) rounds = element("div", "zv-rounds", null, state.legend); // one line for all of them
      const line = element("div", "", null, circle ? rounds : state.legend);
      if (row[0] === "class") element("span", "zv-swatch", null, line).style.background = row[1];
      else if (row[0] === "suppressed" || row[0] === "missing" || row[0] === "absent") element("span", "zv-swatch zv-" + row[0], null, line);
      else if (row[0] === "outline") element("span", "zv-line", null, line);
      else if (row[0] === "circle") { const round = element("span", "zv-round", null, line); round.style.width = round.style.height = 2 * row[1] + "px"; if (state.data.circleColor) round.style.background = state.data.circleColor; }
      else if (row[0] === "marker") element("span", "zv-marker" + (/^[a-z]+$/.test(row[1]) ? " zv-" + row[1] : ""), null, line);
      element("span", "", said, line);
    });
  }
})();
