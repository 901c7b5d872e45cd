// What every page has: keys, popovers that close, filters, copying, times for people.

import { $, $$, copy, el, getJson, setQuery } from "./dom.mjs";
import { sortable } from "./parts/sorting.mjs";
import { ago, stamp, utc, zoned } from "./format.mjs";

const typing = () => document.activeElement?.matches("input, textarea, select, [contenteditable]");
let afterG = false;

// Other scripts add keys of their own.
export const keys = new Map([
  ["?", () => $("#keys").showModal()],
  ["/", () => ($(".search") ? $(".search").focus() : openPop($(".variable")))],
  ["t", () => openPop($("[data-time-pop]"))],
]);

export function openPop(pop) {
  if (!pop) return;
  pop.open = true;
  $("input, a, button", $(".panel", pop))?.focus();
}

addEventListener("keydown", (event) => {
  if (event.key === "Escape") return closeAll(event);
  if (event.ctrlKey || event.metaKey || event.altKey || typing() || $("dialog[open]:not(.full)")) return;
  const link = afterG && $(`[data-go="${CSS.escape(event.key)}"]`);
  afterG = event.key === "g";
  if (link) return link.click();
  const act = keys.get(event.key);
  if (act) {
    event.preventDefault();
    act(event);
  }
});

function closeAll() {
  for (const pop of $$("details.pop[open]")) {
    const inside = pop.contains(document.activeElement);
    pop.open = false;
    if (inside) $("summary", pop).focus();
  }
  if (typing() && !$("dialog[open]")) document.activeElement.blur();
}

addEventListener("click", (event) => $$("details.pop[open]").forEach((pop) => pop.contains(event.target) || (pop.open = false)));

// A list is filtered by the words typed; its URL keeps them as q.
for (const search of $$("[data-filter]")) {
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/);
    const rows = $$(search.dataset.filter);
    rows.forEach((row) => (row.hidden = !words.every((word) => row.textContent.toLowerCase().includes(word))));
    nothing(rows, search.value);
  };
  search.value = new URLSearchParams(location.search).get("q") ?? "";
  search.addEventListener("input", () => {
    setQuery((query) => (search.value ? query.set("q", search.value) : query.delete("q")));
    filter();
  });
  if (search.value) filter();
}

// A list in which nothing matches says so.
function nothing(rows, wanted) {
  const table = rows[0]?.closest("table");
  table?.nextElementSibling?.matches("[data-nothing]") && table.nextElementSibling.remove();
  if (table && rows.every((row) => row.hidden)) table.after(el("p", { class: "why", "data-nothing": true, role: "status" }, `nothing matches '${wanted}'`));
}

for (const block of $$("[data-copy]")) {
  const wrap = el("div", { class: "copyable" });
  block.replaceWith(wrap);
  const button = el("button", { type: "button", onclick: async () => (button.textContent = (await copy(block.textContent)) ? "Copied" : "Select and copy") }, "Copy");
  wrap.append(block, button);
}

// Times: the viewer's zone, UTC on hover; `data-ago` says how long ago.
export function localTimes(root = document) {
  for (const time of $$("time[datetime]", root)) {
    const seconds = Date.parse(time.dateTime) / 1000;
    if (Number.isNaN(seconds)) continue;
    time.textContent = "ago" in time.dataset ? ago(Date.now() / 1000 - seconds) : stamp(seconds);
    time.title = `${zoned(seconds)}, ${utc(seconds)}`;
  }
}
localTimes();
sortable();
$(".nav [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });

// How many notifications came since the inbox was last looked at from here.
const SEEN = "doghouse-inbox-seen";
const INBOX_MS = 30000;

async function countInbox() {
  const place = $("[data-inbox-count]");
  const seen = Number(localStorage.getItem(SEEN) ?? 0);
  const { count, newest } = await getJson(`/ui/data/inbox/count?after=${seen}`);
  const looking = location.pathname === "/inbox";
  if (looking) localStorage.setItem(SEEN, newest);
  place.textContent = count;
  place.hidden = looking || !count;
}

const counting = () => document.hidden || countInbox().catch(() => {}); // a server that is gone says so elsewhere
counting();
setInterval(counting, INBOX_MS);
