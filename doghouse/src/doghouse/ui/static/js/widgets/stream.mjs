// Logs or events, the newest first.

import { el } from "../dom.mjs";
import { stamp, zoned } from "../format.mjs";
import { draws } from "../parts/states.mjs";

export const make = (widget) => (data) => draws(widget, data, lines);

function lines({ columns, rows }) {
  const items = rows.map((row) => el("li", {}, time(row.ts), " ", el("span", { class: `state ${row.state}` }, row.word), ...cells(columns, row), " ", text(row)));
  return el("div", { class: "drawn scroll" }, el("ol", { class: "stream-lines" }, ...items));
}

const time = (ts) => el("time", { datetime: new Date(ts * 1000).toISOString(), title: zoned(ts), class: "soft number" }, stamp(ts));
const cells = (columns, row) => row.cells.flatMap((cell, index) => (cell ? [" ", el("span", { class: "soft", title: columns[index] }, cell)] : []));
const text = (row) => (row.href ? el("a", { href: row.href, class: "mono" }, row.text) : row.text);
