// Tables that are sorted by a click on a column's head. The URL says by which: `sort=Name`, `sort=-Modified` the other way; `sort-NAME` where a page has several (data-sortable="NAME").

import { $, $$, el, say, setQuery } from "../dom.mjs";

const STATES = ["ok", "no-data", "warn", "alert"]; // the worst last
const text = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

// What a cell is sorted by: a number or a time where it has one, the state that it shows, else its text. Null: it shows nothing.
function key(cell) {
  const own = cell?.dataset.value ?? $("time[datetime]", cell)?.dateTime;
  if (own !== undefined) return own === "" ? null : Number.isNaN(Number(own)) ? Date.parse(own) : Number(own);
  const state = $(".state", cell);
  if (state) return STATES.findIndex((name) => state.classList.contains(name));
  const shown = cell?.textContent.trim() ?? "";
  if (shown === "" || shown === "–") return null;
  const number = cell.classList.contains("number") ? parseFloat(shown) : NaN;
  return Number.isNaN(number) ? shown : number;
}

function compare(a, b) {
  return typeof a === "number" && typeof b === "number" ? a - b : text.compare(a, b);
}

const parameter = (table) => (table.dataset.sortable ? `sort-${table.dataset.sortable}` : "sort");

function wanted(table) {
  const asked = new URLSearchParams(location.search).get(parameter(table)) ?? "";
  return { name: asked.replace(/^-/, ""), down: asked.startsWith("-") };
}

// Cells without anything stay last, whichever way; rows of the same stay as they were.
function sort(table) {
  const { name, down } = wanted(table);
  const heads = $$("thead th", table);
  const column = heads.findIndex((head) => head.dataset.sort === name);
  heads.forEach((head, index) => (index === column ? head.setAttribute("aria-sort", down ? "descending" : "ascending") : head.removeAttribute("aria-sort")));
  if (column < 0) return;
  const rows = $$("tbody > tr:not(.whole)", table).map((row) => ({ row, key: key(row.cells[column]) }));
  rows.sort((a, b) => (a.key === null || b.key === null ? (a.key === null) - (b.key === null) : compare(a.key, b.key) * (down ? -1 : 1)));
  $("tbody", table).append(...rows.map(({ row }) => row));
}

function choose(table, head) {
  const { name, down } = wanted(table);
  const next = head.dataset.sort !== name ? (head.matches(".number, [data-newest]") ? "-" : "") : down ? "" : "-"; // figures and times begin with the largest
  setQuery((query) => query.set(parameter(table), next + head.dataset.sort));
  sort(table);
  say(`Sorted by ${head.dataset.sort}`);
}

// Makes the tables of a part of the page sortable, and sorts those of which the URL says how.
export function sortable(root = document) {
  for (const table of $$("table[data-sortable]", root)) {
    for (const head of $$("thead th", table)) {
      if (head.dataset.sort !== undefined || !head.textContent.trim() || $(".visually-hidden", head)) continue; // a head that is heard alone names buttons
      head.dataset.sort = head.textContent.trim();
      head.replaceChildren(el("button", { type: "button", class: "plain sort", onclick: () => choose(table, head) }, head.dataset.sort));
    }
    sort(table);
  }
}
