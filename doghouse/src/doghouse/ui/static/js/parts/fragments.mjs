// Parts of a page that the server draws and that change: asked for again now and then, replaced only where they differ.

import { $, $$, lost } from "../dom.mjs";
import { quantity } from "../format.mjs";
import { localTimes } from "../page.mjs";
import { sortable } from "./sorting.mjs";

const EVERY_MS = 10000;
const shown = new Map($$("[data-fragment]").map((place) => [place.dataset.fragment, place.innerHTML]));

export async function refresh() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!$(".plot")) lost(answer ? "" : "doghouse does not answer. Trying again."); // where there are graphs, live.mjs says it
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const place of $$("[data-fragment]")) {
    const name = place.dataset.fragment;
    const other = fresh.querySelector(`[data-fragment="${CSS.escape(name)}"]`);
    if (!other || "stays" in other.dataset || other.innerHTML === shown.get(name) || place.contains(document.activeElement)) continue;
    shown.set(name, other.innerHTML);
    const open = new Map($$("details[id]", place).map((details) => [details.id, details.open]));
    place.replaceChildren(...other.childNodes);
    for (const details of $$("details[id]", place)) if (open.has(details.id)) details.open = open.get(details.id); // as the reader left it
    polish(place);
    place.dispatchEvent(new Event("fragment"));
  }
}

function polish(root = document) {
  sortable(root);
  localTimes(root);
  for (const place of $$("[data-number]", root)) {
    const value = Number(place.textContent);
    if (Number.isFinite(value)) place.textContent = quantity(value, place.dataset.unit && JSON.parse(place.dataset.unit), true);
  }
}

polish();
setInterval(() => document.hidden || refresh(), EVERY_MS);
