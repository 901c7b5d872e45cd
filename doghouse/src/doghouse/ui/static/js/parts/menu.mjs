// The menu of a graph, wherever it stands: full screen, the explorer, a monitor, a comparison, a link, a snapshot, its values, its JSON.

import { $, $$, copy, el, postJson, setQuery } from "../dom.mjs";
import { Graph } from "../graphs/graph.mjs";
import { HostMap } from "../graphs/hostmap.mjs";
import { keys } from "../page.mjs";
import { csv, table } from "./table.mjs";

const FULL = "fullscreen_widget"; // the URL's parameter for a widget seen in full
const compared = (id) => `compare-${id}`; // and for what it is compared to, in s
const WINDOW = "last_5m"; // of a monitor that is begun

// The explorer over queries, or a monitor of one, which begins with a threshold to be chosen.
export const explorerOf = (queries, query) => (queries.forEach((text) => query.append("query", text)), `/metric/explorer?${query}`);
export const monitorOf = (query) => `/monitors/create?${new URLSearchParams({ query: `avg(${WINDOW}):${query} > 0` })}`;

// widgets: {id, root, name, kind, graph, map, data, queries()}; `time` and `query(given)` say what the page shows, `board` is the dashboard's id.
export function bindMenu({ widgets, time, query, focused, board = "" }) {
  let open = null;
  const byRoot = (root) => widgets.find((widget) => widget.root === root);
  const queries = (root) => byRoot(root)?.queries?.() ?? [];
  const acts = {
    full: (root) => full(byRoot(root)),
    explorer: (root) => location.assign(explorerOf(queries(root), time.query())),
    monitor: (root) => location.assign(monitorOf(queries(root)[0])),
    compare: (root, button) => compare(root, button),
    share: async (root) => {
      const address = link(root.dataset.widget);
      if (!(await copy(address))) dialog("Link", el("input", { type: "text", readonly: true, value: address, "aria-label": "Link" }));
    },
    snapshot: (root) => snapshot(root),
    table: (root) => dialog(name(root), table(byRoot(root)?.data)),
    csv: (root) => csv(name(root), byRoot(root)?.data),
    edit: (root) => location.assign(`/dashboard/edit/${encodeURIComponent(board)}?${time.query(new URLSearchParams({ widget: root.dataset.widget }))}`),
  };

  const name = (root) => root.getAttribute("aria-label");

  function link(id) {
    const given = query();
    given.set(FULL, id);
    const past = new URLSearchParams(location.search).get(compared(id));
    if (past) given.set(compared(id), past);
    return `${location.origin}${location.pathname}?${given}`;
  }

  // The same graph so long ago beside it; a second click takes it away.
  function compare(root, button) {
    const ago = button.getAttribute("aria-pressed") === "true" ? 0 : Number(button.dataset.ago);
    setQuery((query) => (ago ? query.set(compared(root.dataset.widget), ago) : query.delete(compared(root.dataset.widget))));
    pressed(root, ago);
    byRoot(root)?.graph?.compare(ago);
  }

  function pressed(root, ago) {
    for (const one of $$("[data-ago]", root)) one.setAttribute("aria-pressed", String(ago === Number(one.dataset.ago)));
  }

  // What the address says is compared from the first answer on.
  for (const { id, root, graph } of widgets) {
    const button = $(`[data-ago="${CSS.escape(new URLSearchParams(location.search).get(compared(id)) ?? "")}"]`, root);
    if (!button || !graph) continue;
    graph.ago = Number(button.dataset.ago);
    pressed(root, graph.ago);
  }

  // What is of no query of metrics can be asked nowhere else.
  for (const menu of $$("[data-widget] .menu"))
    menu.addEventListener("toggle", () => {
      const none = !queries(menu.closest("[data-widget]")).length;
      for (const button of $$("[data-act=explorer], [data-act=monitor]", menu)) button.hidden = none;
    });

  // A widget in full, over the numbers that the board has: a graph and a map drawn anew, anything else as it stands there.
  function full(widget) {
    if (!widget?.data) return;
    const shown = widget.graph ? fullGraph(widget) : fullOther(widget);
    open = widget;
    setQuery((query) => query.set(FULL, widget.id));
    shown.addEventListener("close", () => {
      open = null;
      setQuery((query) => query.delete(FULL));
    });
  }

  function fullGraph(widget) {
    const body = el("div", { class: "body" }, el("div", { class: "plot", tabindex: "0" }), el("ul", { class: "legend" }), el("div", { class: "notes" }));
    const shown = dialog(widget.name, body, "full");
    const graph = new Graph(body, {
      ...widget.graph.options,
      onZoom: (from, to) => widget.graph.options.onZoom(from, to),
    });
    graph.ago = widget.graph.ago;
    const draw = () => widget.graph.data !== graph.data && graph.show(widget.graph.data);
    draw();
    follow(shown, draw);
    shown.addEventListener("close", () => graph.destroy());
    return shown;
  }

  function fullOther(widget) {
    const body = el("div", { class: "body" });
    const shown = dialog(widget.name, body, `full widget ${widget.kind}`);
    let map = null;
    if (widget.map) {
      body.append(el("div", { class: "map" }, el("canvas", { tabindex: "0", role: "img" })));
      map = new HostMap($("canvas", body), widget.map.onOpen);
    }
    let drawn = null;
    const draw = () => {
      if (drawn === widget.data) return;
      drawn = widget.data;
      if (map) map.show(drawn);
      else body.replaceChildren(...[...$(".body", widget.root).children].map((child) => child.cloneNode(true)));
    };
    draw();
    follow(shown, draw);
    return shown;
  }

  function follow(shown, draw) {
    const turn = setInterval(draw, 250);
    shown.addEventListener("close", () => clearInterval(turn));
  }

  function snapshot(root) {
    const text = el("textarea", { rows: "3", placeholder: "What does this graph show? @name@example.com", "aria-label": "Comment" });
    const result = el("div", {});
    const send = el("button", { type: "submit", class: "primary" }, "Take snapshot");
    const form = el("form", {}, text, el("p", {}, send), result);
    dialog(`Snapshot of ${name(root)}`, form);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      send.disabled = true;
      try {
        const answer = await postJson(`/ui/data/dashboard/${encodeURIComponent(board)}/snapshot?${query()}`, { widget: root.dataset.widget, text: text.value });
        const notified = answer.notified.length ? `Notified ${answer.notified.join(", ")}.` : "Nobody was notified.";
        result.replaceChildren(el("p", {}, `${notified} `, el("a", { href: answer.url }, "View picture")), el("img", { src: answer.url, alt: `Snapshot of ${name(root)}`, width: "480" }));
      } catch (error) {
        result.replaceChildren(el("p", { class: "why" }, error.message));
        send.disabled = false;
      }
    });
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]");
    const root = button?.closest("[data-widget]");
    if (!root) return;
    button.closest("details").open = false;
    acts[button.dataset.act](root, button);
  });
  keys.set("f", () => (open ? $("dialog.full")?.close() : full(byRoot(focused()))));

  const asked = new URLSearchParams(location.search).get(FULL);
  if (asked) {
    const waiting = setInterval(() => {
      const widget = widgets.find(({ id }) => id === asked);
      if (widget?.data || !widget) clearInterval(waiting);
      if (widget?.data) full(widget);
    }, 50);
  }
}

function dialog(title, body, kind = "") {
  const close = el("button", { type: "submit" }, "Close");
  const shown = el("dialog", { class: kind, "aria-label": title }, el("h2", {}, title), body, el("form", { method: "dialog" }, close));
  document.body.append(shown);
  shown.addEventListener("close", () => shown.remove());
  shown.showModal();
  return shown;
}
