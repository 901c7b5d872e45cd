// The newest runs of a service check.

import { el } from "../dom.mjs";
import { ago } from "../format.mjs";
import { counts, draws } from "../parts/states.mjs";

export const make = (widget) => (data) => draws(widget, data, runs);

function runs(data) {
  const rows = data.rows.map((row) => el("li", { title: row.message || null }, el("span", { class: `state ${row.state}` }, row.status), ` ${row.label} `, el("span", { class: "soft small" }, ago(Date.now() / 1000 - row.ts))));
  return el("div", { class: "drawn padded" }, counts(data.counts), el("ul", { class: "bare-list" }, ...rows));
}
