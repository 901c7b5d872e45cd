// A widget's menu: full screen, a link to it, a snapshot, its values as a table, its JSON.

import { $, $$, copy, el, postJson } from "../dom.mjs";
import { Graph, markersOf } from "../graphs/graph.mjs";
import { HostMap } from "../graphs/hostmap.mjs";
import { keys } from "../page.mjs";
import { csv, table } from "./table.mjs";

const FULL = "fullscreen_widget"; // the URL's parameter for a widget seen in full

export function bindMenu({ widgets, time, variables, focused, page }) {
  let open = null;
  const byRoot = (root) => widgets.find((widget) => widget.root === root);
  const acts = {
    full: (root) => full(byRoot(root)),
    share: async (root) => {
      const address = link(root.dataset.widget);
      if (!(await copy(address))) dialog("Link", el("input", { type: "text", readonly: true, value: address, "aria-label": "Link" }));
    },
    snapshot: (root) => snapshot(root),
    table: (root) => dialog(name(root), table(byRoot(root)?.data)),
    csv: (root) => csv(name(root), byRoot(root)?.data),
    edit: (root) => location.assign(`/dashboard/edit/${encodeURIComponent(page.board)}?${time.query(new URLSearchParams({ widget: root.dataset.widget }))}`),
  };

  const name = (root) => root.getAttribute("aria-label");

  function link(id) {
    const query = variables.query(time.query());
    query.set(FULL, id);
    return `${location.origin}${location.pathname}?${query}`;
  }

  // A widget in full, over the numbers that the board has: a graph and a map drawn anew, anything else as it stands there.
  function full(widget) {
    if (!widget?.data) return;
    const shown = widget.graph ? fullGraph(widget) : fullOther(widget);
    open = widget;
    history.replaceState(history.state, "", withFull(widget.id));
    shown.addEventListener("close", () => {
      open = null;
      history.replaceState(history.state, "", withFull(null));
    });
  }

  function fullGraph(widget) {
    const body = el("div", { class: "body" }, el("div", { class: "plot", tabindex: "0" }), el("ul", { class: "legend" }), el("div", { class: "notes" }));
    const shown = dialog(widget.name, body, "full");
    const graph = new Graph(body, {
      ...widget.graph.options,
      markers: markersOf(widget.definition),
      onZoom: (from, to) => widget.graph.options.onZoom(from, to),
    });
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

  function withFull(id) {
    const query = new URLSearchParams(location.search);
    id ? query.set(FULL, id) : query.delete(FULL);
    return query.size ? `?${query}` : location.pathname;
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
        const query = variables.query(time.query());
        const answer = await postJson(`/ui/data/dashboard/${encodeURIComponent(page.board)}/snapshot?${query}`, { widget: root.dataset.widget, text: text.value });
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
    acts[button.dataset.act](root);
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
