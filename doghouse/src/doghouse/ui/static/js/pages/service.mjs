// A service's page: three graphs that share a cursor and a range; below, what the server draws.

import { $$, getJson } from "../dom.mjs";
import { refresh } from "../parts/fragments.mjs";
import { Graph } from "../graphs/graph.mjs";
import { bindMenu } from "../parts/menu.mjs";
import { Live, timeKeys } from "../time/live.mjs";
import { keys } from "../page.mjs";
import { Time } from "../time/time.mjs";
import { pageData } from "../dom.mjs";

const page = pageData();
const time = new Time(page.frame, page.now);
const NAMES = ["p50", "p95", "p99"];

const cards = $$("[data-query]").map((root) => {
  const { query, display } = root.dataset;
  const name = root.getAttribute("aria-label");
  const past = (from, to) => getJson(`/ui/data/query?${new URLSearchParams({ query, display, from_ts: from * 1000, to_ts: to * 1000, live: false })}`).then(named);
  const graph = new Graph(root, { name, sync: "service", onZoom: zoom, onUnzoom: () => time.back(), past });
  return { id: root.dataset.widget, root, name, kind: "timeseries", query, display, graph, queries: () => graph.data?.queries ?? [], get data() { return graph.data; } };
});

function zoom(from, to) {
  cards.forEach(({ graph }) => graph.range(from, to));
  time.zoom(from, to);
}

// Percentiles of one metric differ in their aggregator alone, which is their name here.
function named(data) {
  for (const series of data.series) series.label = NAMES.find((name) => series.expression.startsWith(`${name}:`)) ?? (series.group.replace("resource_name:", "") || series.label);
  return data;
}

async function ask(part, since) {
  const answers = await Promise.all(
    part.map(({ query, display }) => {
      const asked = time.query(new URLSearchParams({ query, display }));
      if (since != null) asked.set("since", since);
      return getJson(`/ui/data/query?${asked}`);
    }),
  );
  return { ...answers[0], answers: answers.map(named) };
}

const live = new Live({
  time,
  parts: () => (cards.length ? [cards] : []),
  ask,
  draw: ({ answers }, fresh) =>
    answers
      .map((data, i) => {
        if (fresh) return cards[i].graph.extend(data);
        cards[i].graph.show(data);
        return true;
      })
      .every(Boolean),
  interval: () => Math.min(...cards.map(({ graph }) => graph.data?.interval ?? Infinity)),
});

bindMenu({ widgets: cards, time, query: () => time.query(new URLSearchParams(location.search)), focused: () => document.activeElement?.closest("[data-widget]") ?? cards[0]?.root });
time.addEventListener("change", refresh);
timeKeys(keys, time, () => live.whole());
if (cards.length) live.whole();
