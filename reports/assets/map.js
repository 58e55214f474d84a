/* Maps of a séance's files: they move under fingers, wheel and keys, and say what is known of the commune pointed at. The pictures are
 * whole without this script. Nothing is fetched, and texts reach the page by textContent only. */
(function () {
  "use strict";
  const MOST = 8;
  const maps = [];
  document.documentElement.classList.add("script");

  function create(figure) {
    const svg = figure.querySelector("svg.picture"), world = svg.querySelector(".world"), answer = figure.querySelector(".answer");
    const box = svg.viewBox.baseVal, communes = [...svg.querySelectorAll(".communes use")];
    const told = [...communes, ...svg.querySelectorAll(".places path")];
    const map = { figure, svg, k: 1, x: 0, y: 0, first: answer.textContent };
    const fingers = new Map();
    const free = document.body.classList.contains("deck"); // a page that scrolls keeps its wheel and its single finger
    let moved = 0, spread = 0;

    function draw() {
      map.k = Math.min(MOST, Math.max(1, map.k));
      map.x = Math.min(0, Math.max(box.width * (1 - map.k), map.x));
      map.y = Math.min(0, Math.max(box.height * (1 - map.k), map.y));
      world.setAttribute("transform", `translate(${map.x.toFixed(2)} ${map.y.toFixed(2)}) scale(${map.k.toFixed(4)})`);
      world.style.setProperty("--inverse", (1 / Math.pow(map.k, 0.75)).toFixed(4));
      figure.classList.toggle("enlarged", map.k > 1.5);
      figure.dataset.zoom = map.k.toFixed(2);
      scale();
    }

    /** A bar of a round length, at most a quarter of the picture. */
    function scale() {
      const km = +svg.dataset.km * map.k, most = box.width / 4 / km * 1000, power = Math.pow(10, Math.floor(Math.log10(most)));
      const metres = Math.max(...[1, 2, 5].map((step) => step * power).filter((one) => one <= most)), high = box.height - 14;
      const bar = `M14 ${high - 9}v9h${(metres / 1000 * km).toFixed(1)}v-9`;
      svg.querySelectorAll(".scale path").forEach((path) => path.setAttribute("d", bar));
      svg.querySelector(".scale text").textContent = metres < 1000 ? metres + "\u00a0m" : String(metres / 1000).replace(".", ",") + "\u00a0km";
    }

    /** Circles of the key as large as those of the map. */
    function key() {
      const matrix = svg.getScreenCTM();
      if (matrix && matrix.a) figure.querySelectorAll(".key").forEach((one) => {
        one.style.width = 80 * matrix.a + "px"; one.style.height = one.dataset.high * matrix.a + "px";
      });
    }

    function at(event) {
      const point = svg.createSVGPoint();
      point.x = event.clientX; point.y = event.clientY;
      const matrix = svg.getScreenCTM();
      return matrix ? point.matrixTransform(matrix.inverse()) : point;
    }

    function zoom(factor, centre) {
      const [x, y] = centre ? [centre.x, centre.y] : [box.width / 2, box.height / 2];
      const k = Math.min(MOST, Math.max(1, map.k * factor)), ratio = k / map.k;
      map.x = x - (x - map.x) * ratio; map.y = y - (y - map.y) * ratio; map.k = k;
      draw();
    }

    function pan(x, y) { map.x += x; map.y += y; draw(); }

    /** Write what is said of a commune, or of a mark on it. */
    function show(one) {
      told.forEach((each) => each.classList.toggle("shown", each === one));
      answer.textContent = one ? one.getAttribute("aria-label") : map.first;
    }

    function focus(commune) {
      communes.forEach((one) => one.setAttribute("tabindex", one === commune ? "0" : "-1"));
      commune.focus({ preventScroll: true });
      show(commune);
      // What has the focus is on the picture.
      const x = commune.dataset.x * map.k + map.x, y = commune.dataset.y * map.k + map.y;
      if (x < 0 || y < 0 || x > box.width || y > box.height) pan(box.width / 2 - x, box.height / 2 - y);
    }

    /** The nearest commune in a direction: what lies aside counts double. */
    function walk(from, dx, dy) {
      let best = null, least = Infinity;
      communes.forEach((one) => {
        const x = one.dataset.x - from.dataset.x, y = one.dataset.y - from.dataset.y, along = x * dx + y * dy, aside = Math.abs(x * dy) + Math.abs(y * dx);
        if (one !== from && along > 0 && along + 2 * aside < least) { least = along + 2 * aside; best = one; }
      });
      if (best) focus(best);
    }

    const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    svg.addEventListener("keydown", (event) => {
      const way = ARROWS[event.key];
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      if (way && event.shiftKey) pan(-80 * way[0], -80 * way[1]);
      else if (way) walk(event.target, ...way);
      else if (event.key === "Escape") { event.target.blur(); show(null); }
      else if (!keys(map, event)) return;
      event.preventDefault(); event.stopPropagation();
    });
    svg.addEventListener("focusin", (event) => { if (communes.includes(event.target)) show(event.target); });
    svg.addEventListener("pointerover", (event) => { if (event.pointerType === "mouse" && told.includes(event.target)) show(event.target); });
    svg.addEventListener("pointerleave", () => { if (!svg.contains(document.activeElement)) show(chosen); });
    let chosen = null;
    // A press never takes the focus: the arrows still belong to the slides.
    svg.addEventListener("mousedown", (event) => event.preventDefault());
    svg.addEventListener("click", (event) => {
      if (moved > 6) return;
      chosen = told.includes(event.target) && event.target !== chosen ? event.target : null;
      show(chosen);
    });
    svg.addEventListener("wheel", (event) => {
      if (!free && !event.ctrlKey) return;
      event.preventDefault();
      zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.002)), at(event));
    }, { passive: false });
    svg.addEventListener("pointerdown", (event) => {
      if (!fingers.size) moved = 0;
      fingers.set(event.pointerId, at(event));
      spread = 0;
    });
    svg.addEventListener("pointermove", (event) => {
      if (!fingers.has(event.pointerId)) return;
      const before = fingers.get(event.pointerId), now = at(event);
      fingers.set(event.pointerId, now);
      if (fingers.size === 2) {
        const [a, b] = [...fingers.values()], wide = Math.hypot(a.x - b.x, a.y - b.y);
        if (spread) zoom(wide / spread, { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
        spread = wide; moved = 99;
      } else if (map.k > 1 && (free || event.pointerType === "mouse")) {
        moved += Math.abs(now.x - before.x) + Math.abs(now.y - before.y);
        if (moved > 6) {
          try { svg.setPointerCapture(event.pointerId); } catch (error) { /* the finger is gone */ }
          pan(now.x - before.x, now.y - before.y);
        }
      }
    });
    ["pointerup", "pointercancel", "lostpointercapture"].forEach((name) => window.addEventListener(name, (event) => { fingers.delete(event.pointerId); spread = 0; }));
    if (!free) svg.addEventListener("touchmove", (event) => { if (event.touches.length > 1) event.preventDefault(); }, { passive: false });
    figure.querySelectorAll("[data-zoom]").forEach((button) => button.addEventListener("click", () => change(map, button.dataset.zoom)));
    if (window.ResizeObserver) new ResizeObserver(key).observe(svg);
    else window.addEventListener("resize", key);
    Object.assign(map, { zoom, draw, key, focus: () => focus(communes.find((one) => one.getAttribute("tabindex") === "0")), enlarged: () => map.k > 1 });
    draw(); key();
    maps.push(map);
  }

  function change(map, what) {
    if (what === "all") { map.k = 1; map.x = map.y = 0; map.draw(); } else map.zoom(what === "in" ? 1.5 : 1 / 1.5);
  }

  function keys(map, event) {
    const what = { "+": "in", "=": "in", "-": "out", "−": "out", "0": "all" }[event.key];
    if (what) change(map, what);
    return !!what;
  }

  document.querySelectorAll("figure.map:not(.bare)").forEach(create);
  // A chart broader than a telephone scrolls, and then the keyboard reaches it.
  if (window.ResizeObserver) {
    const wide = new ResizeObserver((seen) => seen.forEach(({ target }) => {
      if (target.scrollWidth > target.clientWidth + 1) target.tabIndex = 0; else target.removeAttribute("tabindex");
    }));
    document.querySelectorAll("figure.chart").forEach((chart) => wide.observe(chart));
  }
  /** The maps on show: those of `part` that take room. */
  window.zvMaps = { keys, on: (part) => maps.filter((map) => part.contains(map.figure) && map.svg.getClientRects().length) };
})();
