// A map of points beside a list of the same things, over the outlines of the place. The list is the truth.
// <div data-points data-source="….geojson" data-ground="outlines.geojson" data-list="id of the list">, or one point of its own:
// data-lon, data-lat, data-name. The server bounds each answer; while there are "more", each new frame is asked for anew.
import { boundsOf, create, fetched, framed, label, still, token } from "liren/map";

const EMPTY = { type: "FeatureCollection", features: [] };
// As near as the map goes, points that would hide each other are one circle with their number: several reports of one
// house, or of one field of the net on which public places are shown, never look like one.
const NEAREST = 19;
const CLUSTER = { cluster: true, clusterRadius: 34, clusterMaxZoom: NEAREST, maxzoom: NEAREST + 1 };
const one = (feature) => ({ type: "FeatureCollection", features: feature ? [feature] : [] });

function own(box) {
  const at = [Number(box.dataset.lon), Number(box.dataset.lat)];
  return one({ type: "Feature", properties: { code: "", name: box.dataset.name }, geometry: { type: "Point", coordinates: at } });
}

function layers(map) {
  map.addLayer({ id: "ground-area", type: "fill", source: "ground-units", filter: ["==", ["get", "role"], "self"], paint: { "fill-color": token("--sheet") } });
  map.addLayer({ id: "ground-edge", type: "line", source: "ground-units", filter: ["!=", ["get", "role"], "self"], paint: { "line-color": token("--edge-strong"), "line-width": 0.75, "line-opacity": 0.7 } });
  map.addLayer({ id: "ground-self", type: "line", source: "ground-units", filter: ["==", ["get", "role"], "self"], paint: { "line-color": token("--ink"), "line-width": 1.75 } });
  map.addLayer({ id: "many", type: "circle", source: "points", filter: ["has", "point_count"],
    paint: { "circle-color": token("--jade"), "circle-stroke-color": token("--sheet"), "circle-stroke-width": 2, "circle-radius": ["step", ["get", "point_count"], 13, 10, 17, 100, 22] } });
  map.addLayer({ id: "single", type: "circle", source: "points", filter: ["!", ["has", "point_count"]],
    paint: { "circle-color": token("--jade"), "circle-stroke-color": token("--sheet"), "circle-stroke-width": 2, "circle-radius": 7.5 } });
  map.addLayer({ id: "lit", type: "circle", source: "lit",
    paint: { "circle-color": token("--window"), "circle-stroke-color": token("--ink"), "circle-stroke-width": 2, "circle-radius": 10 } });
}

// How many lie under one circle: written beside the map, which has no fonts of its own.
function counts(map) {
  let shown = [];
  return () => {
    shown.forEach((mark) => mark.remove());
    const seen = new Map(map.queryRenderedFeatures({ layers: ["many"] }).map((found) => [found.properties.cluster_id, found]));
    shown = [...seen.values()].map((found) => label(map, String(found.properties.point_count_abbreviated), found.geometry.coordinates, "map__count"));
  };
}

function link(map, box, known) {
  const rows = new Map([...(document.getElementById(box.dataset.list)?.querySelectorAll("[data-code]") ?? [])].map((row) => [row.dataset.code, row]));
  let now = null;
  let name = null;
  let pile = [];
  const gather = (codes) => {
    pile.forEach((row) => row.classList.remove("is-lit"));
    pile = codes.map((code) => rows.get(code)).filter(Boolean);
    pile.forEach((row) => row.classList.add("is-lit"));
    pile[0]?.scrollIntoView({ block: "nearest" });
  };
  const light = (code, named) => {
    if (code === now) return;
    gather([]);
    rows.get(now)?.classList.remove("is-lit");
    name?.remove();
    name = null;
    now = code;
    const feature = known.get(code);
    map.getSource("lit").setData(one(feature));
    rows.get(code)?.classList.add("is-lit");
    if (feature && named) name = label(map, feature.properties.name, feature.geometry.coordinates, "map__name map__name--point");
  };
  rows.forEach((row, code) => {
    for (const kind of ["mouseenter", "focusin"]) row.addEventListener(kind, () => light(code, true));
    for (const kind of ["mouseleave", "focusout"]) row.addEventListener(kind, () => light(null));
  });
  map.on("mousemove", "single", (event) => { map.getCanvas().style.cursor = "pointer"; light(event.features[0].properties.code, true); });
  map.on("mouseleave", "single", () => { map.getCanvas().style.cursor = ""; light(null); });
  map.on("click", "single", (event) => { const { url } = event.features[0].properties; if (url) location.assign(url); });
  map.on("mouseenter", "many", () => { map.getCanvas().style.cursor = "zoom-in"; });
  map.on("mouseleave", "many", () => { map.getCanvas().style.cursor = ""; });
  map.on("click", "many", async (event) => {
    const { geometry, properties } = event.features[0];
    const points = map.getSource("points");
    const zoom = await points.getClusterExpansionZoom(properties.cluster_id);
    if (zoom <= NEAREST) map.easeTo({ center: geometry.coordinates, zoom, animate: !still });
    else gather((await points.getClusterLeaves(properties.cluster_id, properties.point_count, 0)).map((leaf) => leaf.properties.code));
  });
}

// The frame holds what the list is about: its points, else the place itself.
function frame(data, ground, isOwn) {
  const outline = ground.features.filter((found) => found.geometry);
  return boundsOf(isOwn && outline.length ? [...outline, ...data.features] : data.features);
}

async function draw(box) {
  const isOwn = Boolean(box.dataset.lon);
  const [data, ground] = await Promise.all([isOwn ? own(box) : fetched(box.dataset.source), fetched(box.dataset.ground)]);
  if (!data.features.length || (isOwn && !ground.features.length)) return;
  box.hidden = false;
  const map = create(box, frame(data, ground, isOwn));
  map.setMaxZoom(NEAREST);
  const note = box.parentElement.querySelector("[data-more]");
  const known = new Map();
  const take = (found) => {
    found.features.forEach((feature) => known.set(feature.properties.code, feature));
    map.getSource("points").setData(found);
    if (note) note.hidden = !found.more;
  };
  map.on("load", () => {
    map.addSource("ground-units", { type: "geojson", data: ground });
    map.addSource("points", { type: "geojson", data: EMPTY, ...(isOwn ? {} : CLUSTER) });
    map.addSource("lit", { type: "geojson", data: EMPTY });
    layers(map);
    take(data);
    link(map, box, known);
    map.on("idle", counts(map));
    if (data.more) map.on("moveend", async () => take(await fetched(framed(box.dataset.source, map))));
    map.once("idle", () => { box.dataset.drawn = String(data.features.length); });
  });
}

export const drawAll = (boxes) => boxes.forEach(draw);
