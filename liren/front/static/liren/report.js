// The form of a report on a telephone: a draft that survives, photographs made smaller before they travel, the place by
// a tap, neighbours who said the same, and sending that waits for a connection. Without it the form works all the same.
import htmx from "htmx";

const form = document.querySelector("form[data-report]");
const DRAFT = "liren-draft-";
const AGE_MS = 7 * 24 * 3600 * 1000;
const LONGEST_PX = 2048;
const SMALL_BYTES = 1_000_000;
const NOT_KEPT = new Set(["csrfmiddlewaretoken", "idempotency_key", "name", "phone", "again"]);
const DIGITS = 6;

const part = (name, root = document) => root.querySelector(`[data-${name}]`);
const show = (name, yes = true) => { const element = part(name); if (element) element.hidden = !yes; };
const fields = () => form.elements;

// --- the draft ---

const memory = {
  get key() { return DRAFT + form.dataset.report; },
  read() {
    try {
      const found = JSON.parse(localStorage.getItem(this.key));
      return found && Date.now() - found.at < AGE_MS ? found.values : null;
    } catch { return null; }
  },
  write(values) { try { localStorage.setItem(this.key, JSON.stringify({ at: Date.now(), values })); } catch { /* private window */ } },
  forget() { try { localStorage.removeItem(this.key); } catch { /* private window */ } },
};

function keep() {
  if (!("draft" in form.dataset)) return;
  const values = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !NOT_KEPT.has(name));
  if (fields().text.value.trim()) memory.write(values);
}

// What was written before comes back with the key under which it may already have been sent: twice sent is once received.
function restore() {
  const values = "draft" in form.dataset && !part("focus", form) ? memory.read() : null;
  if (!values || fields().text.value.trim()) return;
  for (const [name, value] of values) {
    const field = fields()[name];
    if (!field) continue;
    if (field instanceof RadioNodeList || field.type === "radio") [...form.querySelectorAll(`[name="${name}"]`)].forEach((one) => { one.checked = one.value === value; });
    else if (field.type !== "file") field.value = value;
  }
  form.querySelectorAll("details").forEach((one) => { if (one.querySelector(":checked")) one.open = true; });
  show("restored");
  part("forget").addEventListener("click", () => { memory.forget(); location.reload(); });
  pointed();
}

// --- photographs: smaller, and without the place and the device that took them ---

async function smaller(file) {
  if (!file.type.startsWith("image/") || file.size < SMALL_BYTES) return file;
  try {
    const image = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST_PX / Math.max(image.width, image.height));
    const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(image.width * scale), height: Math.round(image.height * scale) });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((ready) => canvas.toBlob(ready, "image/jpeg", 0.85));
    return blob && blob.size < file.size ? new File([blob], "photo.jpg", { type: "image/jpeg" }) : file;
  } catch { return file; }
}

function fill(input, files) {
  const bag = new DataTransfer();
  files.forEach((file) => bag.items.add(file));
  input.files = bag.files;
}

async function previews(input) {
  const list = part("shots");
  fill(input, await Promise.all([...input.files].slice(0, 5).map(smaller)));
  list.replaceChildren(...[...input.files].map((file) => {
    const item = document.createElement("li");
    if (!file.type.startsWith("image/")) { item.textContent = file.name; return item; }
    const image = Object.assign(new Image(), { src: URL.createObjectURL(file), alt: file.name });
    image.addEventListener("load", () => URL.revokeObjectURL(image.src));
    item.append(image);
    return item;
  }));
  list.dataset.ready = String(input.files.length);
}

// --- the place ---

const point = () => {
  const [lon, lat] = [fields().lon, fields().lat].map((field) => (field.value.trim() ? Number(field.value) : NaN));
  return Number.isFinite(lon) && Number.isFinite(lat) ? { lon, lat } : null;
};
const query = (url, facts) => `${url}?${new URLSearchParams(facts)}`;

// The community at the point, and the neighbours who reported the same there.
function pointed() {
  const at = point();
  if (!at) return;
  htmx.ajax("GET", query(form.dataset.where, at), { target: "#places" });
  neighbours();
}

function neighbours() {
  const at = point();
  const category = form.querySelector("[name=category]:checked")?.value;
  if (at && category) htmx.ajax("GET", query(form.dataset.near, { ...at, category }), { target: "#near" });
}

function put({ lon, lat }) {
  fields().lon.value = lon.toFixed(DIGITS);
  fields().lat.value = lat.toFixed(DIGITS);
  fields().community.value = "";
  pin?.();
  pointed();
  keep();
}

function locate(button) {
  button.setAttribute("aria-busy", "true");
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => { button.removeAttribute("aria-busy"); show("no-place", false); put({ lon: coords.longitude, lat: coords.latitude }); },
    () => { button.removeAttribute("aria-busy"); show("no-place"); },
    { timeout: 10000, enableHighAccuracy: true, maximumAge: 60000 },
  );
}

let pin = null;

async function openMap() {
  const box = part("pick");
  part("pick-box").hidden = false;
  if (pin) return;
  const href = document.querySelector("script[data-map-style]").dataset.mapStyle;
  await new Promise((ready) => { document.head.prepend(Object.assign(document.createElement("link"), { rel: "stylesheet", href, onload: ready, onerror: ready })); });
  const [{ boundsOf, create, fetched, token }, maplibre] = await Promise.all([import("liren/map"), import("maplibre-gl")]);
  const code = form.querySelector("[name=unit]:checked")?.value;
  const source = code ? box.dataset.units.replace("000000000000", code) : box.dataset.ground;
  const data = source ? await fetched(source) : { features: [] };
  const features = data.features.filter((one) => one.geometry);
  box.hidden = false;
  const map = create(box, boundsOf(features.length ? features : [{ geometry: { coordinates: [[73, 18], [135, 54]] } }]));
  const mark = new maplibre.Marker({ color: token("--cinnabar"), draggable: true });
  pin = () => { const at = point(); if (at) mark.setLngLat([at.lon, at.lat]).addTo(map); };
  mark.on("dragend", () => { const { lng, lat } = mark.getLngLat(); put({ lon: lng, lat }); });
  map.on("click", ({ lngLat }) => put({ lon: lngLat.lng, lat: lngLat.lat }));
  map.on("load", () => {
    map.addSource("units", { type: "geojson", data: { type: "FeatureCollection", features } });
    map.addLayer({ id: "area", type: "fill", source: "units", paint: { "fill-color": token("--jade"), "fill-opacity": 0.1 } });
    map.addLayer({ id: "edge", type: "line", source: "units", paint: { "line-color": token("--jade"), "line-width": 1.5 } });
    pin();
    map.once("idle", () => { box.dataset.drawn = String(features.length); });
  });
}

// --- what a category says first ---

function notices() {
  const chosen = form.querySelector("[name=category]:checked")?.value;
  let stops = false;
  form.querySelectorAll("[data-notice]").forEach((one) => {
    one.hidden = one.dataset.notice !== chosen;
    if (!one.hidden && "stops" in one.dataset) stops = true;
  });
  part("send").disabled = stops;
}

// --- sending ---

let waits = false;

async function send() {
  keep();
  show("sending");
  part("send").setAttribute("aria-busy", "true");
  let answer = null;
  try {
    answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "text/html" } });
  } catch { /* no connection */ }
  show("sending", false);
  part("send").removeAttribute("aria-busy");
  waits = answer === null;
  show("offline", waits);
  if (waits) return;
  if (answer.redirected) { memory.forget(); location.assign(answer.url); return; }
  faults(await answer.text(), answer);
}

// The page with what is wrong takes the place of the old one; the photographs, which no server sends back, stay.
function faults(text, answer) {
  const fresh = new DOMParser().parseFromString(text, "text/html");
  const made = fresh.querySelector("form[data-report]");
  if (![422, 429].includes(answer.status) || !made) {
    document.querySelector("main").replaceChildren(...fresh.querySelectorAll("main > *"));
    scrollTo(0, 0);
    return;
  }
  const files = [...(fields().shots?.files ?? [])];
  form.replaceChildren(...made.childNodes);
  htmx.process(form);
  pin = null;
  begin();
  if (files.length) { fill(fields().shots, files); previews(fields().shots); }
  (part("focus", form) ?? document.getElementById("near")).scrollIntoView();
  part("focus", form)?.focus();
}

function begin() {
  form.querySelectorAll("[data-notice]").forEach((one) => { one.hidden = true; });
  show("pointing");
  if (!navigator.geolocation && part("locate")) part("locate").hidden = true;
  part("locate")?.addEventListener("click", (event) => locate(event.currentTarget));
  part("open-map")?.addEventListener("click", openMap);
  fields().shots?.addEventListener("change", (event) => previews(event.currentTarget));
  fields().community?.addEventListener("input", () => { fields().lon.value = ""; fields().lat.value = ""; });
  notices();
}

function listen() {
  form.addEventListener("input", keep);
  form.addEventListener("change", (event) => {
    if (event.target.name === "category") { notices(); neighbours(); }
    keep();
  });
  form.addEventListener("click", (event) => {
    const code = event.target.closest("[data-suggest]")?.dataset.suggest;
    const radio = code && form.querySelector(`[name=category][value="${CSS.escape(code)}"]`);
    if (!radio) return;
    radio.checked = true;
    radio.closest("details").open = true;
    radio.dispatchEvent(new Event("change", { bubbles: true }));
    radio.focus();
  });
  form.addEventListener("submit", (event) => {
    if (event.submitter?.matches("[data-join]")) { memory.forget(); return; }
    event.preventDefault();
    send();
  });
  addEventListener("online", () => { if (waits) send(); });
}

if (form) {
  begin();
  restore();
  notices();
  listen();
}

// --- the receipt, and the way out ---

const sent = document.querySelector("script[data-sent]")?.dataset.sent;
if (sent) { try { localStorage.removeItem(DRAFT + sent); } catch { /* private window */ } }
document.querySelectorAll("[data-print]").forEach((button) => { button.hidden = false; button.addEventListener("click", () => print()); });
// The page that is left is replaced: "back" does not lead to it.
document.querySelectorAll("[data-exit]").forEach((link) => link.addEventListener("click", (event) => { event.preventDefault(); location.replace(link.href); }));
