// The page of the host map: its form is its URL; a click opens the host beside it.

import { $, $$, el, getJson, pageData, say, setQuery } from "../dom.mjs";
import { ago, number, utc } from "../format.mjs";
import { sortable } from "../parts/sorting.mjs";
import { HostMap, heat } from "../graphs/hostmap.mjs";

const REFRESH_MS = 15000;
const page = pageData();
const form = $("[data-map-form]");
const detail = $(".host-detail");
const canvas = $("[data-map] canvas");
const map = canvas && new HostMap(canvas, open);
const state = { ...page.choices };

async function load() {
  const answer = await getJson(`/ui/data/hosts?${new URLSearchParams(state)}`);
  map.show(answer);
  if (state.host) map.select(state.host);
  scale(answer);
  rows(answer.hosts);
  canvas.dataset.hosts = answer.hosts.length;
}

function scale(answer) {
  const place = $("[data-scale]");
  const notes = [...answer.problems];
  const parts = [`${answer.hosts.length} host${answer.hosts.length === 1 ? "" : "s"}`];
  place.replaceChildren(parts.join(" "));
  if (map.fillRange) {
    const [low, high] = map.fillRange;
    const steps = Array.from({ length: 8 }, (_, i) => el("span", { class: "step", style: { background: heat(i / 7) } }));
    place.append(" · ", answer.fill, " ", number(low), ...(low === high ? [] : [" ", el("span", { class: "steps", "aria-hidden": "true" }, ...steps), " ", number(high)]));
  }
  notes.forEach((text) => place.append(" · ", text));
}

function rows(hosts) {
  const button = (name) => el("button", { type: "button", class: "plain link", onclick: () => open(name) }, name);
  $("[data-host-rows]").replaceChildren(
    ...hosts.map((host) => el("tr", {}, el("td", {}, button(host.name)), el("td", {}, host.group), el("td", { class: "number", "data-value": host.fill ?? "" }, number(host.fill)), el("td", { class: "number", "data-value": host.size ?? "" }, number(host.size)))),
  );
  sortable($(".host-list"));
}

async function open(name) {
  state.host = name;
  keep();
  const host = await getJson(`/ui/data/hosts/${encodeURIComponent(name)}`).catch((error) => say(error.message));
  if (!host) return;
  detail.hidden = false;
  detail.replaceChildren(...describe(host));
  say(`${name} opened`);
}

function describe(host) {
  const close = el("button", { type: "button", class: "plain", "aria-label": "Close", onclick: shut }, "×");
  const seen = el("span", { class: "soft", title: utc(host.reported) }, `last seen ${ago(page.now - host.reported)}`);
  const up = el("span", { class: `state ${host.up ? "ok" : "no-data"}` }, host.up ? "up" : "inactive");
  return [
    el("header", {}, el("h2", {}, host.name), close),
    el("p", {}, up, host.muted ? " · muted" : "", " · ", seen),
    ...section("Agent", Object.keys(host.facts).length ? [facts(host.facts)] : [el("p", { class: "soft" }, "No Agent has reported for this host.")]),
    ...Object.entries(host.tags).flatMap(([source, tags]) => section(`Tags · ${source}`, [tagList(tags)])),
    ...section("Checks", host.checks.length ? host.checks.map(check) : [el("p", { class: "soft" }, "none")]),
    ...section("Apps", [tagList(host.apps)]),
    ...section(`Metrics · ${host.metrics.length}`, [metrics(host)]),
  ];
}

const section = (title, content) => [el("h3", {}, title), ...content];

const facts = (given) => el("dl", { class: "facts" }, ...Object.entries(given).flatMap(([key, value]) => [el("dt", {}, key), el("dd", {}, value)]));

function tagList(tags) {
  if (!tags.length) return el("p", { class: "soft" }, "none");
  return el("ul", { class: "tags" }, ...tags.map((tag) => el("li", {}, tag)));
}

function check(run) {
  return el("p", { title: run.message || null }, el("span", { class: `state ${run.state}` }, run.status), ` ${run.name} `, el("span", { class: "soft" }, run.tags.join(" ")));
}

function metrics(host) {
  const link = (name) => el("li", {}, el("a", { class: "mono", href: `/metric/explorer?${new URLSearchParams({ query: `avg:${name}{host:${host.name}}` })}` }, name));
  return el("ul", { class: "bare-list" }, ...host.metrics.map(link));
}

function shut() {
  detail.hidden = true;
  state.host = "";
  keep();
  map.select(null);
  canvas.focus();
}

const keep = () => setQuery((query) => Object.entries(state).forEach(([name, value]) => (value ? query.set(name, value) : query.delete(name))));

if (map) {
  form.addEventListener("input", () => {
    for (const field of $$("[name]", form)) state[field.name] = field.value.trim();
    keep();
    clearTimeout(form.waiting);
    form.waiting = setTimeout(load, 250);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  detail.addEventListener("keydown", (event) => event.key === "Escape" && shut());
  load();
  if (state.host) open(state.host);
  setInterval(() => document.hidden || load(), REFRESH_MS);
}
