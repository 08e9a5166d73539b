// A line or bar chart of a table that stands in the page: <div data-chart="line|bar" data-table="id of the table" hidden>;
// with data-newest-first the rows are drawn from the last to the first, since time runs to the right.
// First column = names on the axis; each further column of numbers = one series (its <th> is the name; data-undrawn: none).
// The table stays for readers.
import * as echarts from "echarts";

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const number = (cell) => { const text = cell.dataset.value ?? cell.textContent.replace(/[,\s]/g, ""); return /^-?[\d.]+$/.test(text) ? Number(text) : null; };
// Bars whose names would not fit below them lie: up to so many rows, each with its name at the left.
const LYING = 8;
const wide = (name) => [...name].reduce((sum, sign) => sum + (sign.charCodeAt(0) > 0x2e7f ? 13 : 7), 0);

export function plot(box) {
  const fold = box.closest("details:not([open])"); // what is folded has no width to draw in
  if (fold) return fold.addEventListener("toggle", () => plot(box), { once: true });
  const table = document.getElementById(box.dataset.table);
  const rows = [...(table?.tBodies[0]?.rows ?? [])];
  if (rows.length < 2) return;
  if ("newestFirst" in box.dataset) rows.reverse();
  box.hidden = false;
  const heads = [...table.tHead.rows[0].cells].slice(1).filter((cell) => cell.matches(".num:not([data-undrawn])"));
  const root = parseFloat(getComputedStyle(document.documentElement).fontSize), size = parseFloat(token("--t-small")) * root - 1;
  const text = { color: token("--ink-soft"), fontFamily: token("--sans"), fontSize: size };
  const chart = echarts.init(box, null, { renderer: "canvas" });
  const names = rows.map((row) => row.cells[0].textContent.trim());
  const series = heads.map((head) => ({ type: box.dataset.chart, name: head.textContent.trim(), barMaxWidth: 56, data: rows.map((row) => number(row.cells[head.cellIndex])) }));
  const isWhole = series.every((one) => one.data.every((value) => value === null || Number.isInteger(value)));
  const draw = () => {
    const lies = box.dataset.chart === "bar" && names.length <= LYING && Math.max(...names.map(wide)) > (box.clientWidth - 60) / names.length;
    const label = lies ? { ...text, width: box.clientWidth * 0.34, overflow: "break" } : text;
    const named = { type: "category", data: names, axisLabel: label, inverse: lies };
    const counted = { type: "value", minInterval: isWhole ? 1 : 0, axisLabel: text, splitLine: { lineStyle: { color: token("--edge") } } };
    chart.setOption({
      animation: false,
      aria: { enabled: false },
      color: [token("--jade"), token("--window"), token("--cinnabar"), token("--ink-soft")],
      textStyle: text,
      grid: { left: 8, right: 16, top: size * 2.8, bottom: 8, containLabel: true },
      legend: { type: "scroll", top: 0, left: 0, right: 0, textStyle: text },
      tooltip: { trigger: "axis", renderMode: "richText" },
      xAxis: lies ? counted : named,
      yAxis: lies ? named : counted,
      series,
    }, true);
  };
  draw();
  box.setAttribute("aria-hidden", "true");
  new ResizeObserver(() => { chart.resize(); draw(); }).observe(box);
}
