// The numbers of a widget as a table, and as a CSV file.

import { el } from "../dom.mjs";
import { number, zoned } from "../format.mjs";

const MOST_ROWS = 2000; // of a table; a file has all of them

// Heads and rows as they are: times in s UTC, numbers unrounded. Newest first; a toplist as it stands. Null: there are none.
function cells(data) {
  if (data?.heads) return { heads: ["Group", ...data.heads], rows: data.rows.map((row) => [row.label, ...row.values]) };
  if (data?.rows) return { heads: ["Group", "Value"], rows: data.rows.map((row) => [row.label, row.value]) };
  if (!data?.series) return null;
  const times = [...new Set(data.series.flatMap(({ ts }) => ts))].sort((a, b) => b - a);
  const columns = data.series.map((series) => new Map(series.ts.map((at, i) => [at, series.values[i]])));
  return { heads: ["Time", ...data.series.map(({ label }) => label)], rows: times.map((at) => [at, ...columns.map((values) => values.get(at))]) };
}

export function table(data) {
  const made = cells(data);
  if (!made) return el("p", { class: "why" }, "No data.");
  const first = made.heads[0] === "Time" ? zoned : String;
  const shown = made.rows.slice(0, MOST_ROWS).map(([head, ...values]) => [first(head), ...values.map((value) => (value === undefined ? "" : number(value)))]);
  return grid(made.heads, shown);
}

function grid(heads, rows) {
  const head = el("thead", {}, el("tr", {}, ...heads.map((text) => el("th", { scope: "col" }, text))));
  const body = el("tbody", {}, ...rows.map(([first, ...rest]) => el("tr", {}, el("td", {}, first), ...rest.map((text) => el("td", { class: "number" }, text)))));
  return el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Values" }, el("table", { class: "list" }, head, body));
}

// Saves the numbers as a file, times in ISO 8601. A text that a spreadsheet would take for a formula has an apostrophe before it.
export function csv(name, data) {
  const made = cells(data);
  if (!made) return;
  const at = made.heads[0] === "Time" ? (seconds) => new Date(seconds * 1000).toISOString() : (text) => text;
  const lines = [made.heads, ...made.rows.map(([first, ...values]) => [at(first), ...values])].map((row) => row.map(cell).join(","));
  const address = URL.createObjectURL(new Blob([`${lines.join("\r\n")}\r\n`], { type: "text/csv" }));
  el("a", { href: address, download: `${name.replaceAll(/[^\w.-]+/g, "-").replaceAll(/^-|-$/g, "") || "values"}.csv` }).click();
  URL.revokeObjectURL(address);
}

function cell(value) {
  if (value == null) return "";
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
