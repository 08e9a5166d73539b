// Rectangles drawn over faces and plates with a finger, a pen or a mouse. Each is a line of numbers in the form, which is
// all that is sent: without this module the lines are typed, or cells of the picture are ticked.
const form = document.querySelector("form[data-cover]");
const LEAST_PERCENT = 0.5;
const SIDES = ["left", "top", "width", "height"];

function begin() {
  const picture = form.querySelector("[data-picture]");
  const lines = form.querySelector("[data-areas]");
  const field = (line, side) => line.querySelector(`[name=${side}]`);
  const drawn = new Map();
  let start = null;

  const numbers = (line) => SIDES.map((side) => field(line, side).value.trim());

  function draw(line) {
    const values = numbers(line);
    const box = drawn.get(line) ?? picture.appendChild(Object.assign(document.createElement("span"), { className: "cover__box" }));
    drawn.set(line, box);
    box.hidden = values.some((value) => value === "" || Number.isNaN(Number(value)));
    SIDES.forEach((side, n) => { box.style[side] = `${values[n]}%`; });
    line.querySelector("[data-remove]").hidden = values.every((value) => value === "");
  }

  function write(line, values) {
    SIDES.forEach((side, n) => { field(line, side).value = values[n].toFixed(2); });
    draw(line);
  }

  function fresh() {
    const empty = [...lines.children].find((line) => numbers(line).every((value) => value === ""));
    if (empty) return empty;
    lines.append(form.querySelector("[data-line]").content.cloneNode(true));
    return lines.lastElementChild;
  }

  function remove(line) {
    SIDES.forEach((side) => { field(line, side).value = ""; });
    draw(line);
  }

  const spot = (event) => {
    const { left, top, width, height } = picture.getBoundingClientRect();
    const within = (value) => Math.min(100, Math.max(0, value * 100));
    return [within((event.clientX - left) / width), within((event.clientY - top) / height)];
  };
  const between = ([x, y], [u, v]) => [Math.min(x, u), Math.min(y, v), Math.abs(u - x), Math.abs(v - y)];

  picture.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    picture.setPointerCapture(event.pointerId);
    start = { at: spot(event), line: fresh() };
  });
  picture.addEventListener("pointermove", (event) => { if (start) write(start.line, between(start.at, spot(event))); });
  const end = (event) => {
    if (!start) return;
    const { line, at } = start;
    start = null;
    const area = between(at, spot(event));
    if (event.type === "pointercancel" || Math.min(area[2], area[3]) < LEAST_PERCENT) return void remove(line);
    write(line, area);
    form.querySelector("[name=cover][value=blurred]").checked = true;
  };
  picture.addEventListener("pointerup", end);
  picture.addEventListener("pointercancel", end);
  lines.addEventListener("input", (event) => draw(event.target.closest("[data-area]")));
  lines.addEventListener("click", (event) => {
    if (event.target.closest("[data-remove]")) remove(event.target.closest("[data-area]"));
  });

  // Cells that were ticked before the page was sent back are rectangles from now on.
  const across = 12, down = 9;
  for (const tick of form.querySelectorAll("[name=cells]:checked")) {
    const [row, column] = tick.value.split("-").map((one) => Number(one) - 1);
    write(fresh(), [(column / across) * 100, (row / down) * 100, 100 / across, 100 / down]);
  }
  form.querySelectorAll("[data-cells]").forEach((one) => one.remove());
  form.querySelector("[data-drawn]").hidden = false;
  form.querySelector(".cover__numbers").open = true;
  picture.classList.add("is-drawn");
  [...lines.children].forEach(draw);
}

if (form) begin();
