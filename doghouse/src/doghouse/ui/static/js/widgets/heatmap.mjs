// How many groups have values of a size over time: a cell for each stretch of time and each interval of values, the darker the more values are in it.

import { el, svg } from "../dom.mjs";
import { quantity, range, tick } from "../format.mjs";
import { explain } from "../parts/values.mjs";
import { extended, maxOf, minOf } from "../graphs/columns.mjs";
import { problemText } from "../graphs/graph.mjs";

const ROWS = 20;
const COLUMNS = 90; // at most; of more buckets several share one
const MARKS = 5;

export function make(widget) {
  let held = null;
  return (answer, fresh) => {
    const data = fresh ? extended(held, answer) : answer;
    if (!data) return false;
    held = widget.data = data;
    const place = widget.root.querySelector(".drawn");
    const series = data.series.filter(({ values }) => values.some((value) => value != null));
    explain(widget.root, [...data.problems.map(problemText), ...(data.more ? [[`${data.more} more series are not counted`]] : [])]);
    place.hidden = !series.length;
    if (series.length) place.replaceWith(map(series, data, widget.name));
    return true;
  };
}

// The cells: `counts[column][row]`, rows from the least value up.
export function counted(series, { from, to, interval }) {
  const columns = Math.min(Math.max(Math.ceil((to - from) / interval), 1), COLUMNS);
  const points = series.flatMap(({ ts, values }) => values.flatMap((value, i) => (value == null || ts[i] + interval <= from || ts[i] >= to ? [] : [[Math.max(ts[i], from), value]])));
  const sizes = points.map(([, value]) => value);
  const [least, most] = [minOf(sizes), maxOf(sizes)];
  const rows = most > least ? ROWS : 1;
  const counts = Array.from({ length: columns }, () => new Array(rows).fill(0));
  for (const [at, value] of points) counts[Math.min(Math.floor(((at - from) / (to - from)) * columns), columns - 1)][Math.min(Math.floor(((value - least) / (most - least || 1)) * rows), rows - 1)] += 1;
  return { counts, least, most, rows, columns };
}

function map(series, data, name) {
  const { counts, least, most, rows, columns } = counted(series, data);
  const { unit } = series[0];
  const highest = Math.max(...counts.flat());
  const value = (row) => least + ((most - least) * row) / rows;
  const time = (column) => data.from + ((data.to - data.from) * column) / columns;
  const cells = counts.flatMap((column, x) => column.flatMap((count, y) => (count ? [cell(x, y, count)] : [])));
  function cell(x, y, count) {
    const words = `${range(time(x), time(x + 1))}, ${quantity(value(y), unit)} to ${quantity(value(y + 1), unit)}: ${count}`;
    const made = svg("rect", { x, y: rows - 1 - y, width: 1, height: 1 }, svg("title", {}, words));
    made.style.setProperty("--share", `${15 + (85 * count) / highest}%`);
    return made;
  }
  const label = `${name}: ${series.length} series, ${quantity(least, unit, true)} to ${quantity(most, unit, true)}`;
  const heat = svg("svg", { viewBox: `0 0 ${columns} ${rows}`, preserveAspectRatio: "none", role: "img", "aria-label": label }, ...cells);
  const marks = Array.from({ length: MARKS }, (_, index) => index / (MARKS - 1));
  const sizes = marks.toReversed().map((share) => el("span", {}, quantity(least + (most - least) * share, unit)));
  const step = (data.to - data.from) / (MARKS - 1);
  const times = marks.map((share) => el("span", {}, tick(data.from + (data.to - data.from) * share, step)));
  return el("div", { class: "drawn heat" }, el("div", { class: "sizes", "aria-hidden": "true" }, ...sizes), heat, el("div", { class: "times", "aria-hidden": "true" }, ...times));
}
