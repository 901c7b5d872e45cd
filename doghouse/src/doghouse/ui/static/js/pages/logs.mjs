// Logs: the server draws the lines; how many there are, over time and by facet, comes beside them. The URL keeps the range, the search, columns and facets.

import { $, $$, getJson, pageData, say, setQuery } from "../dom.mjs";
import { number } from "../format.mjs";
import { Histogram } from "../graphs/histogram.mjs";
import { keys } from "../page.mjs";
import { drawFacet, openFacets } from "../parts/facets.mjs";
import { refresh } from "../parts/fragments.mjs";
import { Search } from "../parts/search.mjs";
import { timeKeys } from "../time/live.mjs";
import { Time } from "../time/time.mjs";

const EVERY_MS = 10000;
const REST = 5; // counting may take a sixth of the time, however many logs there are
const NARROW = matchMedia("(max-width: 720px)");

const page = pageData();
const time = new Time(page.frame, page.now);
const histogram = new Histogram($(".histogram"), (from, to) => time.zoom(from, to));
const search = new Search(changed);
let turn = 0;
let timer;
let last; // the answer that is drawn

time.addEventListener("change", changed);
timeKeys(keys, time, changed);
$("[data-facets]").open = !NARROW.matches;

function changed() {
  setQuery((query) => query.delete("after"));
  refresh();
  count(true);
}

// Of several answers under way, the one asked for last counts. `asked`: by a person, who then hears how many there are.
async function count(asked = false) {
  const mine = ++turn;
  clearTimeout(timer);
  const began = performance.now();
  const query = time.query(new URLSearchParams(location.search));
  if (!query.has("facet")) openFacets().forEach((field) => query.append("facet", field));
  const card = $(".histogram");
  card.setAttribute("aria-busy", "true");
  const answer = await getJson(`/ui/data/logs?${query}`).catch(() => null); // fragments.mjs says that doghouse is gone
  if (mine !== turn) return;
  card.removeAttribute("aria-busy");
  if (answer && !answer.problem) draw((last = answer), asked);
  later(Math.max(EVERY_MS, REST * (performance.now() - began)));
}

function later(wait) {
  timer = setTimeout(() => (time.live && !document.hidden ? count() : later(wait)), wait);
}

function draw(answer, aloud) {
  const words = `${number(answer.total)} log${answer.total === 1 ? "" : "s"}`;
  if (aloud) say(words);
  $("[data-total]").textContent = words;
  histogram.draw(answer);
  drawFacets(answer.facets);
}

function drawFacets(facets) {
  for (const facet of facets) {
    const place = $(`[data-facet="${CSS.escape(facet.field)}"]`);
    if (place) drawFacet(place, facet, (query) => search.set(query));
  }
}

// The server has drawn other facets: what is known of them is drawn again.
$("[data-fragment=facets]").addEventListener("fragment", () => {
  know();
  if (last) drawFacets(last.facets);
});

// A facet that is opened or closed: the URL names the open ones, and counts come for it.
addEventListener(
  "toggle",
  ({ target }) => {
    if (!target.matches?.("[data-facet]") || target.dataset.known === String(target.open)) return;
    target.dataset.known = String(target.open);
    setQuery((query) => {
      query.delete("facet");
      openFacets().forEach((field) => query.append("facet", field));
      if (!openFacets().length) query.set("facet", "");
    });
    if (target.open && !$("li", target)) count();
  },
  true,
);
function know() {
  for (const facet of $$("[data-facet]")) facet.dataset.known = String(facet.open);
}
know();

const columns = $("[data-columns]");
const typed = $("#column-name");
columns.addEventListener("submit", (event) => (event.preventDefault(), choose()));
columns.addEventListener("change", (event) => event.target.matches("[type=checkbox]") && choose());

function choose() {
  setQuery((query) => {
    query.delete("column");
    const ticked = $$("[type=checkbox]:checked", columns).map(({ value }) => value);
    const fields = [...ticked, typed.value.trim()].filter(Boolean);
    (fields.length ? fields : [""]).forEach((field) => query.append("column", field));
  });
  typed.value = "";
  refresh();
}

count();
