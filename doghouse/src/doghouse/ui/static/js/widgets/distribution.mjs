// How the values of the groups are spread: how many lie in each of some equal intervals.

import { el } from "../dom.mjs";
import { quantity } from "../format.mjs";
import { drawsRows } from "../parts/values.mjs";

const BINS = 20;

export const make = (widget) => drawsRows(widget, spread);

function spread({ rows }) {
  const unit = rows[0].units[0];
  const values = rows.map((row) => row.value);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const step = (most - least) / BINS || 1;
  const counts = Array.from({ length: most > least ? BINS : 1 }, () => 0);
  for (const value of values) counts[Math.min(Math.floor((value - least) / step), counts.length - 1)] += 1;
  const highest = Math.max(...counts);
  const bars = counts.map((count, index) => {
    const words = `${quantity(least + index * step, unit)} to ${quantity(least + (index + 1) * step, unit)}: ${count}`;
    return el("li", { title: words, style: { height: `${(100 * count) / highest}%` } }, el("span", { class: "visually-hidden" }, words));
  });
  const ends = el("p", { class: "soft small spread-ends" }, el("span", {}, quantity(least, unit, true)), el("span", {}, `${values.length} groups`), el("span", {}, quantity(most, unit, true)));
  return el("div", { class: "drawn spread" }, el("ol", {}, ...bars), ends);
}
