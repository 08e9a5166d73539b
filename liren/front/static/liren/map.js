// A map of polygons beside a list of the same things. The list is the truth; the map lights up what the list says.
// Reads <div data-map data-source="….geojson" data-list="id of the list" aria-label="…">. No tiles, no fonts from elsewhere.
import * as maplibre from "maplibre-gl";

maplibre.setWorkerUrl(import.meta.resolve("maplibre-gl-worker"));

export const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
export const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
//: More names than this would cover the map; the list has them all.
const NAMES_AT_MOST = 40;
//: The level of grids, which lie beside the compounds of a community and over the same ground.
const GRID = 7;
//: Neighbours take turns between four tints, so that one sees at a glance where one ends.
const SHADE = ["match", ["get", "tint"], 0, 0.1, 1, 0.18, 2, 0.26, 0.34];

function style() {
  return {
    version: 8,
    sources: {},
    layers: [{ id: "ground", type: "background", paint: { "background-color": token("--sunken") } }],
  };
}

export function boundsOf(features) {
  const bounds = new maplibre.LngLatBounds();
  const walk = (part) => (typeof part[0] === "number" ? bounds.extend(part) : part.forEach(walk));
  features.forEach((one) => walk(one.geometry.coordinates));
  return bounds;
}

// The largest levels on the page are areas; what lies inside them as well (grids beside compounds) is drawn as a dashed line.
function layers(map, alone) {
  const grid = ["==", ["get", "level"], GRID];
  const lit = ["boolean", ["feature-state", "lit"], false];
  const role = (name) => ["==", ["get", "role"], name];
  map.addLayer({ id: "ground-of-self", type: "fill", source: "units", filter: role("self"), paint: { "fill-color": token("--sheet") } });
  map.addLayer({ id: "area", type: "fill", source: "units", filter: ["!", role("self")],
    paint: { "fill-color": ["case", lit, token("--window"), token("--jade")], "fill-opacity": ["case", lit, 0.75, ["case", grid, 0.05, SHADE]] } });
  map.addLayer({ id: "edge", type: "line", source: "units", filter: ["all", ["!", role("self")], ["!", grid]],
    paint: { "line-color": token("--jade"), "line-width": ["case", lit, 3, 1] } });
  map.addLayer({ id: "edge-grid", type: "line", source: "units", filter: ["all", ["!", role("self")], grid],
    paint: { "line-color": token("--ink-soft"), "line-width": ["case", lit, 3, 1], "line-dasharray": [3, 2] } });
  map.addLayer({ id: "self", type: "line", source: "units", filter: role("self"),
    paint: { "line-color": token("--ink"), "line-width": 2 } });
  map.addLayer({ id: "alone", type: "fill", source: "units", filter: role("self"),
    paint: { "fill-color": token("--jade"), "fill-opacity": alone ? 0.14 : 0 } }, "self");
}

// A part is often called after the whole (德屿社区第一网格); on the whole's own map that is said once, by the heading.
function shortName(feature, whole) {
  const full = feature.properties.name;
  return whole && full.startsWith(whole) && full.length > whole.length ? full.slice(whole.length).trim() : full;
}

function name(map, feature, whole) {
  return label(map, shortName(feature, whole), feature.properties.at, "map__name").getElement();
}

// Names that would lie on each other: the first keeps its place, the others wait until one zooms in.
function thin(labels) {
  const taken = [];
  for (const label of labels) {
    const box = label.getBoundingClientRect();
    const free = taken.every((one) => box.right < one.left || box.left > one.right || box.bottom < one.top || box.top > one.bottom);
    label.style.visibility = free ? "visible" : "hidden";
    if (free) taken.push(box);
  }
}

function link(map, list) {
  const rows = new Map([...(list?.querySelectorAll("[data-code]") ?? [])].map((row) => [row.dataset.code, row]));
  let now = null;
  const light = (code) => {
    if (code === now) return;
    if (now) { map.setFeatureState({ source: "units", id: now }, { lit: false }); rows.get(now)?.classList.remove("is-lit"); }
    now = code;
    if (now) { map.setFeatureState({ source: "units", id: now }, { lit: true }); rows.get(now)?.classList.add("is-lit"); }
  };
  rows.forEach((row, code) => {
    for (const kind of ["mouseenter", "focusin"]) row.addEventListener(kind, () => light(code));
    for (const kind of ["mouseleave", "focusout"]) row.addEventListener(kind, () => light(null));
  });
  map.on("mousemove", "area", (event) => { map.getCanvas().style.cursor = "pointer"; light(event.features[0].properties.code); });
  map.on("mouseleave", "area", () => { map.getCanvas().style.cursor = ""; light(null); });
  map.on("click", "area", (event) => { const { url } = event.features[0].properties; if (url) location.assign(url); });
}

export async function fetched(source) {
  const answer = source ? await fetch(source, { headers: { Accept: "application/geo+json" } }) : null;
  return answer?.ok ? answer.json() : { features: [] };
}

// The same address for what the map shows now.
export const framed = (source, map) => {
  const bounds = map.getBounds();
  const url = new URL(source, location.href);
  url.searchParams.set("bbox", [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()].map((part) => part.toFixed(6)).join(","));
  return url;
};

export function create(box, bounds) {
  const map = new maplibre.Map({
    container: box, style: style(), bounds, fitBoundsOptions: { padding: { top: 24, bottom: 24, left: 24, right: 64 }, animate: false, maxZoom: 16 },
    attributionControl: false, dragRotate: false, pitchWithRotate: false, cooperativeGestures: false, scrollZoom: false,
    fadeDuration: still ? 0 : 150, trackResize: true,
    locale: { "NavigationControl.ZoomIn": box.dataset.zoomIn, "NavigationControl.ZoomOut": box.dataset.zoomOut, "Map.Title": box.dataset.title },
  });
  map.addControl(new maplibre.NavigationControl({ showCompass: false }));
  map.touchZoomRotate.disableRotation();
  return map;
}

export function label(map, text, at, kind) {
  const element = Object.assign(document.createElement("span"), { className: kind, textContent: text });
  element.setAttribute("aria-hidden", "true");
  return new maplibre.Marker({ element }).setLngLat(at).addTo(map);
}

export const drawAll = (boxes) => boxes.forEach(draw);

async function draw(box) {
  const data = await fetched(box.dataset.source);
  const features = data.features.filter((one) => one.geometry);
  if (!features.length) return;
  box.hidden = false;
  const map = create(box, boundsOf(features));
  map.on("load", () => {
    features.forEach((one, n) => { one.properties.tint = n % 4; });
    map.addSource("units", { type: "geojson", data: { type: "FeatureCollection", features }, promoteId: "code" });
    const children = features.filter((one) => one.properties.role !== "self");
    layers(map, !children.length);
    if (children.length <= NAMES_AT_MOST) {
      const whole = features.find((one) => one.properties.role === "self")?.properties.name;
      const labels = children.filter((one) => one.properties.at).map((one) => name(map, one, whole));
      map.on("moveend", () => thin(labels));
      map.once("idle", () => thin(labels));
    }
    link(map, document.getElementById(box.dataset.list));
    map.once("idle", () => { box.dataset.drawn = String(children.length); });
  });
}
