// The map of a life circle beside its list: compounds by how much they lack, a home with the services around it, sites.
// <div data-circles data-source="….geojson" data-ground="outlines.geojson" data-list="id of the list">, with data-pick="id of a
// form" a click writes longitude and latitude there. The legend says by size and by words what the colours say.
import { boundsOf, create, fetched, framed, label, still, token } from "liren/map";

const EMPTY = { type: "FeatureCollection", features: [] };
const kind = (...names) => ["in", ["get", "kind"], ["literal", names]];
// A heap stands for many compounds: it grows with their number, and a click goes closer.
const HEAPED = ["case", ["has", "many"], ["min", 12, ["log2", ["get", "many"]]], 0];
const step = (...values) => ["match", ["get", "step"], 0, values[0], 1, values[1], 2, values[2], 3, values[3], values[4]];

function layers(map) {
  const sheet = token("--sheet"), jade = token("--jade"), ink = token("--ink"), soft = token("--ink-soft"), window = token("--window"), red = token("--cinnabar");
  map.addLayer({ id: "ground-area", type: "fill", source: "ground", filter: ["==", ["get", "role"], "self"], paint: { "fill-color": sheet } });
  map.addLayer({ id: "ground-edge", type: "line", source: "ground", filter: ["!=", ["get", "role"], "self"], paint: { "line-color": token("--edge-strong"), "line-width": 0.75, "line-opacity": 0.7 } });
  map.addLayer({ id: "ground-self", type: "line", source: "ground", filter: ["==", ["get", "role"], "self"], paint: { "line-color": ink, "line-width": 1.75 } });
  map.addLayer({ id: "lines", type: "line", source: "things", filter: ["==", ["geometry-type"], "LineString"], paint: { "line-color": ink, "line-width": 4 } });
  map.addLayer({ id: "compound", type: "circle", source: "things", filter: kind("compound"), layout: { "circle-sort-key": ["get", "missing"] },
    paint: { "circle-color": step(jade, sheet, window, red, red), "circle-radius": ["+", step(3.5, 4.5, 6, 7.5, 9), HEAPED], "circle-stroke-color": step(jade, soft, ink, ink, ink), "circle-stroke-width": step(0.5, 1.25, 1.25, 1.25, 3) } });
  map.addLayer({ id: "facility", type: "circle", source: "things", filter: kind("facility"), paint: { "circle-color": jade, "circle-stroke-color": sheet, "circle-stroke-width": 1.5, "circle-radius": 5 } });
  map.addLayer({ id: "changed", type: "circle", source: "things", filter: kind("better", "worse"),
    paint: { "circle-color": ["match", ["get", "kind"], "better", jade, red], "circle-stroke-color": ink, "circle-stroke-width": ["match", ["get", "kind"], "better", 1.25, 3], "circle-radius": 7 } });
  map.addLayer({ id: "place", type: "circle", source: "things", filter: kind("home", "site", "wish"), paint: { "circle-color": window, "circle-stroke-color": ink, "circle-stroke-width": 2.5, "circle-radius": 9 } });
  map.addLayer({ id: "lit", type: "circle", source: "lit", paint: { "circle-color": window, "circle-stroke-color": ink, "circle-stroke-width": 2, "circle-radius": 8 } });
}

const named = ["compound", "facility", "changed", "place"];
const words = ({ properties: one }) => (one.of && one.of !== one.name ? `${one.of}：${one.name}` : one.says ?? one.name);

function link(map, box, data) {
  const rows = [...(document.getElementById(box.dataset.list)?.querySelectorAll("[data-code]") ?? [])];
  let now = "", name = null;
  const light = (code, feature) => {
    const mark = feature ? words(feature) : code;
    if (mark === now) return;
    now = mark;
    name?.remove();
    rows.forEach((row) => row.classList.toggle("is-lit", Boolean(code) && row.dataset.code === code));
    map.getSource("lit").setData({ type: "FeatureCollection", features: feature ? [feature] : code ? data.features.filter((one) => one.properties.code === code) : [] });
    name = feature ? label(map, words(feature), feature.geometry.coordinates, "map__name map__name--point") : null;
  };
  rows.forEach((row) => {
    for (const event of ["mouseenter", "focusin"]) row.addEventListener(event, () => light(row.dataset.code));
    for (const event of ["mouseleave", "focusout"]) row.addEventListener(event, () => light(""));
  });
  named.forEach((layer) => {
    map.on("mousemove", layer, (event) => { map.getCanvas().style.cursor = "pointer"; light(event.features[0].properties.code, event.features[0]); });
    map.on("mouseleave", layer, () => { map.getCanvas().style.cursor = ""; light(""); });
    map.on("click", layer, (event) => {
      const { url, many } = event.features[0].properties;
      if (box.dataset.pick) return;
      if (url) location.assign(url);
      else if (many) map.easeTo({ center: event.lngLat, zoom: map.getZoom() + 2, animate: !still });
    });
  });
}

// A click writes the place into the form: first from where, then (for a move, a gate or a crossing) to where.
function pick(map, box) {
  const form = document.getElementById(box.dataset.pick);
  if (!form) return;
  let second = false, marks = [];
  map.getCanvas().style.cursor = "crosshair";
  map.on("click", ({ lngLat }) => {
    const two = ["move", "open"].includes(form.elements.kind?.value);
    const [lon, lat] = two && second ? ["to_lon", "to_lat"] : ["lon", "lat"];
    form.elements[lon].value = lngLat.lng.toFixed(6);
    form.elements[lat].value = lngLat.lat.toFixed(6);
    if (!(two && second)) { marks.forEach((one) => one.remove()); marks = []; }
    marks.push(label(map, two && second ? "B" : "A", lngLat, "map__name map__name--point"));
    second = two && !second;
    form.elements[lat].dispatchEvent(new Event("change", { bubbles: true }));
  });
}

async function draw(box) {
  const [data, ground] = await Promise.all([fetched(box.dataset.source), fetched(box.dataset.ground)]);
  let features = data.features.filter((one) => one.geometry);
  const outline = ground.features.filter((one) => one.geometry);
  if (!features.length && !outline.length) return;
  box.hidden = false;
  // Compounds lie in a unit, which is shown whole; a home and its services reach across borders, and fill the map alone.
  const isAround = features.length > 1 && features.some((one) => one.properties.kind !== "compound");
  const map = create(box, boundsOf(isAround ? features : [...outline, ...features]));
  map.on("load", () => {
    map.addSource("ground", { type: "geojson", data: ground.features ? { type: "FeatureCollection", features: outline } : EMPTY });
    map.addSource("things", { type: "geojson", data: { type: "FeatureCollection", features } });
    map.addSource("lit", { type: "geojson", data: EMPTY });
    layers(map);
    link(map, box, data);
    if (box.dataset.pick) pick(map, box);
    // What an answer of htmx brings along for the map: <template data-things> with GeoJSON in it.
    const more = () => {
      const extra = document.querySelector("[data-things]");
      const found = extra ? JSON.parse(extra.content.textContent).features : [];
      map.getSource("things").setData({ type: "FeatureCollection", features: [...features, ...found] });
    };
    more();
    document.body.addEventListener("htmx:afterSettle", more);
    // The server bounds each answer; what is drawn as heaps is asked for anew in each new frame.
    if (data.more) map.on("moveend", async () => {
      data.features = (await fetched(framed(box.dataset.source, map))).features;
      features = data.features.filter((one) => one.geometry);
      more();
    });
    map.once("idle", () => { box.dataset.drawn = String(features.length); });
  });
}

export const drawAll = (boxes) => boxes.forEach(draw);
