// A map to point at: a click fills longitude and latitude, typing them moves the pin. The fields are the truth.
// Reads <div data-place data-form="id of the form" data-units="address of a unit's outlines, with 000000000000 for its code"
// data-around="code of the unit at first">. The form hears "placed" whenever the pin has moved. With the keyboard: arrows
// move the map, and the button behind it puts the pin in its middle.
const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
const DIGITS = 6;

const canDraw = () => {
  const canvas = document.createElement("canvas");
  return Boolean(canvas.getContext("webgl2") || canvas.getContext("webgl"));
};

async function library() {
  const href = document.querySelector("script[data-map-style]").dataset.mapStyle;
  await new Promise((ready) => {
    document.head.prepend(Object.assign(document.createElement("link"), { rel: "stylesheet", href, onload: ready, onerror: ready }));
  });
  const maplibre = await import("maplibre-gl");
  maplibre.setWorkerUrl(import.meta.resolve("maplibre-gl-worker"));
  return maplibre;
}

// The outlines of the unit that is chosen in the form, and of what lies in it; nothing for a unit that is not known.
async function outlines(box, code) {
  if (!/^[0-9]{12}(-[XG][0-9]{3,4})?$/.test(code)) return [];
  const answer = await fetch(box.dataset.units.replace("000000000000", code), { headers: { Accept: "application/geo+json" } });
  const data = answer.ok ? await answer.json() : { features: [] };
  return data.features.filter((one) => one.geometry);
}

function boundsOf(maplibre, features) {
  const bounds = new maplibre.LngLatBounds();
  const walk = (part) => (typeof part[0] === "number" ? bounds.extend(part) : part.forEach(walk));
  features.forEach((one) => walk(one.geometry.coordinates));
  return bounds;
}

function typed({ lon, lat }) {
  const [x, y] = [lon, lat].map((field) => (field.value.trim() ? Number(field.value) : NaN));
  return Math.abs(x) <= 180 && Math.abs(y) <= 90 ? [x, y] : null;
}

function ground(map) {
  map.addSource("units", { type: "geojson", data: { type: "FeatureCollection", features: [] } });
  map.addLayer({ id: "area", type: "fill", source: "units", paint: { "fill-color": token("--jade"), "fill-opacity": 0.12 } });
  map.addLayer({ id: "edge", type: "line", source: "units", paint: { "line-color": token("--jade"), "line-width": 1.5 } });
}

async function pick(box) {
  const form = document.getElementById(box.dataset.form);
  const { lon, lat, unit } = form.elements;
  const maplibre = await library();
  let features = await outlines(box, unit.value || box.dataset.around);
  box.hidden = false;
  await new Promise(requestAnimationFrame); // the box has its size now, and the map takes it
  const start = features.length ? { bounds: boundsOf(maplibre, features), fitBoundsOptions: { padding: 32, animate: false } } : { center: typed({ lon, lat }) ?? [104, 34], zoom: typed({ lon, lat }) ? 14 : 3 };
  const map = new maplibre.Map({
    container: box, ...start, attributionControl: false, dragRotate: false, pitchWithRotate: false, scrollZoom: false, fadeDuration: still ? 0 : 150,
    style: { version: 8, sources: {}, layers: [{ id: "ground", type: "background", paint: { "background-color": token("--sunken") } }] },
    locale: { "NavigationControl.ZoomIn": box.dataset.zoomIn, "NavigationControl.ZoomOut": box.dataset.zoomOut, "Map.Title": box.dataset.title },
  });
  map.addControl(new maplibre.NavigationControl({ showCompass: false }));
  map.touchZoomRotate.disableRotation();
  const pin = new maplibre.Marker({ color: token("--cinnabar"), draggable: true });
  const show = () => { const at = typed({ lon, lat }); if (at) pin.setLngLat(at).addTo(map); else pin.remove(); };
  const fill = ({ lng, lat: north }) => {
    lon.value = lng.toFixed(DIGITS);
    lat.value = north.toFixed(DIGITS);
    show();
    form.dispatchEvent(new CustomEvent("placed"));
  };
  const draw = () => map.getSource("units").setData({ type: "FeatureCollection", features });
  pin.on("dragend", () => fill(pin.getLngLat()));
  map.on("click", (event) => fill(event.lngLat));
  [lon, lat].forEach((field) => field.addEventListener("input", show));
  unit.addEventListener("change", async () => {
    features = await outlines(box, unit.value);
    draw();
    if (features.length) map.fitBounds(boundsOf(maplibre, features), { padding: 32, animate: false });
  });
  const middle = box.parentElement.querySelector("[data-middle]");
  if (middle) {
    middle.hidden = false;
    middle.querySelector("button").addEventListener("click", () => fill(map.getCenter()));
  }
  show();
  map.getCanvas().style.cursor = "crosshair";
  map.on("load", () => { map.resize(); ground(map); draw(); map.once("idle", () => { box.dataset.drawn = String(features.length); }); });
}

// A worker who stands in front of the thing presses a button, and the device says where that is.
function standing(button) {
  if (!navigator.geolocation) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    const { lon, lat } = document.getElementById(button.dataset.standing).elements;
    button.setAttribute("aria-busy", "true");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        button.removeAttribute("aria-busy");
        lon.value = coords.longitude.toFixed(DIGITS);
        lat.value = coords.latitude.toFixed(DIGITS);
        lon.dispatchEvent(new Event("input"));
      },
      () => { button.removeAttribute("aria-busy"); button.hidden = true; },
      { timeout: 10000, enableHighAccuracy: true },
    );
  });
}

const boxes = document.querySelectorAll("[data-place]");
if (boxes.length && canDraw()) boxes.forEach(pick);
document.querySelectorAll("[data-standing]").forEach(standing);
