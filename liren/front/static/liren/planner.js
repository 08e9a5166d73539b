// The planner's pages: a file that is too large says so before it is sent, and a list opens the printer by itself.
document.querySelectorAll("input[data-most]").forEach((input) => {
  const note = document.getElementById(input.dataset.note || "too-large");
  input.addEventListener("change", () => {
    const isTooLarge = [...input.files].some((file) => file.size > Number(input.dataset.most));
    if (isTooLarge) input.value = "";
    if (note) note.hidden = !isTooLarge;
    if (isTooLarge) note?.focus();
  });
});
document.querySelectorAll("[data-print]:not(:root)").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => print());
});
if (location.hash === "#print") addEventListener("load", () => print());
