// What a monitor did over a range: its figures, its changes, and its messages, for the pages that show them.

import { el } from "../dom.mjs";
import { full, number, quantity, utc } from "../format.mjs";

export const TONES = { critical: "alert", warning: "warn", critical_recovery: "ok", warning_recovery: "ok" };
export const WORDS = { critical: "alert", warning: "warn", critical_recovery: "alert recovery", warning_recovery: "warn recovery" };

// A graph's lines for thresholds.
export const markers = (levels) =>
  Object.keys(TONES)
    .filter((name) => Number.isFinite(levels[name]))
    .map((name) => ({ value: levels[name], tone: TONES[name], label: WORDS[name], dashed: name.endsWith("recovery") }));

const ROWS = [
  ["state changes", (figures) => figures.changes],
  ["notifications", (figures) => `${figures.notifications} (${number(figures.notifications_a_day)} per day, ${figures.at_night} at night)`],
  ["muted", (figures) => figures.silenced],
  ...["Alert", "Warn", "OK", "No Data"].map((state) => [`time in ${state}`, (figures) => `${(figures.shares[state] * 100).toFixed(1)} %`]),
];

// `columns`: [title, figures] each.
export function figures(place, columns) {
  const head = el("tr", {}, el("td", {}), ...columns.map(([title]) => el("th", { scope: "col" }, title)));
  const body = ROWS.map(([title, value]) => el("tr", {}, el("th", { scope: "row" }, title), ...columns.map(([, figures]) => el("td", { class: "number" }, String(value(figures))))));
  place.replaceChildren(el("table", { class: "list small" }, el("thead", {}, head), el("tbody", {}, ...body)));
}

// `unit`: what the values are counted in.
export function changes(place, rows, unit) {
  if (!rows.length) return place.replaceChildren(el("p", { class: "why" }, "No state changes in this range."));
  const heads = ["Time", "Group", "Change", "Value", "Notified"].map((text) => el("th", { scope: "col" }, text));
  place.replaceChildren(el("table", { class: "list flow" }, el("thead", {}, el("tr", {}, ...heads)), el("tbody", {}, ...rows.map((row) => change(row, unit)))));
}

function change(row, unit) {
  const notified = row.silenced_by ? el("span", { class: "soft" }, `muted by ${row.silenced_by}`) : row.recipients.join(", ") || "–";
  const after = row.released_by ? el("span", { class: "soft" }, ` (downtime ${row.released_by} ended)`) : null;
  return el(
    "tr",
    {},
    el("td", { class: "nowrap", title: utc(row.at) }, full(row.at)),
    el("td", {}, row.group),
    el("td", { class: "nowrap" }, el("span", { class: `state ${row.state.toLowerCase().replace(" ", "-")}` }, row.change)),
    el("td", { class: "number" }, quantity(row.value, unit, true)),
    el("td", {}, notified, after),
  );
}

export function message(preview) {
  const body = el("div", { class: "prose" });
  body.innerHTML = preview.html; // markdown rendered on the server, all HTML in it escaped
  const to = preview.recipients.length ? `to ${preview.recipients.map((name) => (preview.bodiless.includes(name) ? `${name} (title only)` : name)).join(", ")}` : "no recipients";
  const problems = preview.problems.map((text) => el("p", { class: "why" }, text));
  return el("details", {}, el("summary", {}, el("strong", {}, preview.kind), el("span", { class: "soft" }, ` ${to}`)), el("p", { class: "mono" }, preview.subject), el("p", { class: "strong" }, preview.title), body, ...problems);
}
