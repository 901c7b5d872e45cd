// One tooltip for the page: the time, and each line's value there, the nearest in bold.

import { el } from "../dom.mjs";
import { quantity, utc, zoned } from "../format.mjs";

const MOST_ROWS = 12;
let box;

export function showTip(point, seconds, rows, remarks = []) {
  box ??= el("div", { class: "tip", hidden: true });
  above(box);
  if (!rows.length && !remarks.length) return hideTip();
  const near = rows.length ? nearest(rows, point.value) : null;
  const listed = [...rows].sort((a, b) => b.value - a.value);
  const kept = listed.length > MOST_ROWS ? around(listed, near) : listed;
  box.replaceChildren(
    el("time", {}, zoned(seconds)),
    el("span", { class: "utc" }, utc(seconds)),
    el("table", {}, ...kept.map((row) => line(row, row === near && rows.length > 1))),
    ...remarks.map((text) => el("div", { class: "strong" }, text)),
    ...(listed.length > kept.length ? [el("span", { class: "soft" }, `${listed.length - kept.length} more`)] : []),
  );
  box.hidden = false;
  place(point.left, point.top);
}

// An open dialog lies over all that is not in it.
export function above(tip) {
  const place = document.querySelector("dialog[open]") ?? document.body;
  if (tip.parentElement !== place) place.append(tip);
}

export function hideTip() {
  if (box) box.hidden = true;
}

function nearest(rows, value) {
  return rows.reduce((best, row) => (Math.abs(row.value - value) < Math.abs(best.value - value) ? row : best), rows[0]);
}

function around(rows, near) {
  const start = Math.min(Math.max(0, rows.indexOf(near) - MOST_ROWS / 2), rows.length - MOST_ROWS);
  return rows.slice(start, start + MOST_ROWS);
}

function line(row, near) {
  const swatch = el("span", { class: "swatch", style: { background: row.stroke } });
  return el("tr", { class: near ? "near" : null }, el("td", {}, swatch, row.label), el("td", { class: "number" }, quantity(row.value, row.unit, true)));
}

function place(left, top) {
  const { offsetWidth: width, offsetHeight: height } = box;
  const beside = left + 16 + width > innerWidth ? left - 16 - width : left + 16;
  box.style.transform = `translate(${Math.max(4, beside)}px, ${Math.min(Math.max(4, top - height / 2), innerHeight - height - 4)}px)`;
  box.style.left = box.style.top = "0";
}
