// What every page runs: htmx without eval and inline style, the focus on form errors, maps and charts only where a page has them.
import htmx from "htmx";

htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.selfRequestsOnly = true;
htmx.config.allowScriptTags = false;
htmx.config.historyCacheSize = 0;
htmx.config.refreshOnHistoryMiss = true;
// A form that came back with faults (422) is shown like any other answer.
htmx.config.responseHandling = [
  { code: "204", swap: false },
  { code: "[23]..", swap: true },
  { code: "422", swap: true },
  { code: "[45]..", swap: false, error: true },
];

const shell = document.querySelector("script[data-map-style]");

function withStyle(href) {
  return new Promise((ready) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href, onload: ready, onerror: ready });
    document.head.prepend(link);
  });
}

const canDraw = () => {
  const canvas = document.createElement("canvas");
  return Boolean(canvas.getContext("webgl2") || canvas.getContext("webgl"));
};

async function start() {
  document.querySelector("[data-focus]")?.focus();
  const maps = document.querySelectorAll("[data-map]");
  const points = document.querySelectorAll("[data-points]");
  const circles = document.querySelectorAll("[data-circles]");
  if ((maps.length || points.length || circles.length) && canDraw()) {
    await withStyle(shell.dataset.mapStyle);
    if (maps.length) (await import("liren/map")).drawAll(maps);
    if (points.length) (await import("liren/points")).drawAll(points);
    if (circles.length) (await import("liren/circles")).drawAll(circles);
  }
  const charts = document.querySelectorAll("[data-chart]");
  if (charts.length) {
    const { plot } = await import("liren/chart");
    charts.forEach(plot);
  }
  document.querySelectorAll("[data-here]").forEach(offerPosition);
}

// A sheet is printed whole: what is folded on the screen is opened for the paper, and folded again behind it.
addEventListener("beforeprint", () => document.querySelectorAll(".is-sheet .fold:not([open])").forEach((one) => { one.open = true; one.dataset.unfolded = ""; }));
addEventListener("afterprint", () => document.querySelectorAll("[data-unfolded]").forEach((one) => { one.open = false; delete one.dataset.unfolded; }));

// A button that fills longitude and latitude from the device, only when it is pressed.
function offerPosition(button) {
  if (!navigator.geolocation) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    button.setAttribute("aria-busy", "true");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const form = document.getElementById(button.dataset.here);
        form.elements.lon.value = coords.longitude.toFixed(5);
        form.elements.lat.value = coords.latitude.toFixed(5);
        form.submit();
      },
      () => { button.removeAttribute("aria-busy"); document.getElementById(button.dataset.sorry).hidden = false; },
      { timeout: 10000, maximumAge: 60000 },
    );
  });
}

start();
