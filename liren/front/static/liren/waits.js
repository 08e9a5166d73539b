// A form that takes its time says so once it is sent: the element that it names is shown, and the button rests.
document.querySelectorAll("form[data-waits]").forEach((form) => {
  form.addEventListener("submit", () => {
    document.getElementById(form.dataset.waits).hidden = false;
    const button = form.querySelector("button");
    button?.setAttribute("aria-busy", "true");
    setTimeout(() => { if (button) button.disabled = true; });
  });
});
// Back by the browser's own button: the form is as it was.
addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-waits] button").forEach((button) => { button.disabled = false; button.removeAttribute("aria-busy"); });
});
