// Keys at the desk of cases. In the queue: j k x Enter / ?; on a case: 1–9 for its steps, u for the list it was opened
// from. Links and forms do the work; without this module everything is done with the pointer or the tab key.
const rows = [...document.querySelectorAll("[data-row]")];
const steps = [...document.querySelectorAll("[data-step]")];
let here = -1;

const typing = (target) => target.closest("input:not([type=checkbox]), textarea, select, dialog[open]");

function stand(at) {
  if (!rows.length) return;
  rows[here]?.classList.remove("is-here");
  here = Math.max(0, Math.min(rows.length - 1, at));
  rows[here].classList.add("is-here");
  rows[here].querySelector("a")?.focus({ preventScroll: true });
  rows[here].scrollIntoView({ block: "nearest" });
}

// Who opened the form of a step by its key writes in it without going through the whole page with the tab key.
const KEYED = "desk-keyed";

function press(step) {
  sessionStorage.setItem(KEYED, new URL(step.href ?? step.action, location.href).pathname);
  if (step.matches("form")) step.requestSubmit();
  else step.click();
}

const KEYS = {
  j: () => stand(here + 1),
  k: () => stand(here - 1),
  x: () => { const tick = rows[here]?.querySelector("input[type=checkbox]"); if (tick) tick.checked = !tick.checked; },
  "/": () => document.querySelector("[role=search] input")?.focus(),
  "?": () => document.getElementById("keys")?.showModal(),
  u: () => document.querySelector("[data-up]")?.click(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
  const step = /^[1-9]$/.test(event.key) ? steps[Number(event.key) - 1] : null;
  const act = step ? () => press(step) : KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

// From a case one comes back to the list that was left, with its filter and its page, and stands on the row that was open.
// The tab keeps the address of the list, and nobody else.
const LEFT = "desk-list";
const up = document.querySelector("[data-up]");
if (document.getElementById("keys")) sessionStorage.setItem(LEFT, location.pathname + location.search);
const left = sessionStorage.getItem(LEFT);
if (up && left?.split("?")[0] === up.pathname) up.href = left;
const came = document.referrer ? new URL(document.referrer).pathname : "";
const open = rows.findIndex((row) => came.includes(`/${row.dataset.code}/`));
if (open >= 0) stand(open);

if (sessionStorage.getItem(KEYED) === location.pathname && !document.querySelector("[data-focus]")) {
  const fields = "select, textarea, input:not([type=hidden])";
  [...document.querySelectorAll("main form")].find((form) => form.querySelector(fields))?.querySelector(fields).focus();
}
sessionStorage.removeItem(KEYED);

document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});

// At intake a suggestion only fills in the kind of matter; whoever takes the case in chooses. (Enter
// in a field presses the first button of the form, which is a hidden one that takes it in.)
const intake = document.querySelector("form[data-intake]");
intake?.querySelectorAll("[data-by-hand]").forEach((one) => { one.hidden = true; });
intake?.addEventListener("click", (event) => {
  const code = event.target.closest("[data-suggest]")?.dataset.suggest;
  const field = intake.elements.category;
  if (!code || !field) return;
  event.preventDefault();
  field.value = code;
  field.focus();
});
