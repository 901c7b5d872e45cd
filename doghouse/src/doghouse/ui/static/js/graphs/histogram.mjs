// Counts over time, a bar a bucket, its parts by status. A click zooms into a bar; arrow keys go from bar to bar.

import { $, $$, el } from "../dom.mjs";
import { number, range, tick } from "../format.mjs";

const LABEL_PX = 96;

export class Histogram {
  // zoom(from, to): a person wants this range (s).
  constructor(root, zoom) {
    this.bars = $("[data-buckets]", root);
    this.legend = $("[data-statuses]", root);
    this.axis = $("[data-axis]", root);
    this.zoom = zoom;
    this.at = -1;
    this.bars.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => this.ticks()).observe(this.bars);
  }

  draw({ histogram }) {
    const { start, interval, statuses } = histogram;
    const totals = statuses[0]?.counts.map((_, bucket) => statuses.reduce((sum, { counts }) => sum + counts[bucket], 0)) ?? [];
    const most = Math.max(1, ...totals);
    const focused = this.bars.contains(document.activeElement);
    Object.assign(this, { start, interval, count: totals.length });
    this.bars.replaceChildren(...totals.map((total, bucket) => this.bar(bucket, total, most, statuses)));
    this.legend.replaceChildren(
      ...statuses.map(({ status, state, counts }) => el("span", { class: `state ${state}` }, `${status} ${number(counts.reduce((sum, one) => sum + one, 0))}`)),
    );
    if (!totals.length) this.bars.append(el("p", { class: "why" }, "No logs here."));
    this.at = Math.min(this.at < 0 ? totals.length - 1 : this.at, totals.length - 1);
    this.rove(focused);
    this.ticks();
  }

  bar(bucket, total, most, statuses) {
    const from = this.start + bucket * this.interval;
    const parts = statuses.filter(({ counts }) => counts[bucket]);
    const said = `${range(from, from + this.interval)}: ${number(total)}${parts.length ? ` (${parts.map(({ status, counts }) => `${status} ${number(counts[bucket])}`).join(", ")})` : ""}`;
    const made = el("button", { type: "button", class: "bucket", title: said, "aria-label": said, tabindex: "-1", onclick: () => this.zoom(from, from + this.interval) });
    made.append(...parts.map(({ state, counts }) => el("span", { class: `part-of ${state}`, style: { height: `${(counts[bucket] / most) * 100}%` } })));
    return made;
  }

  key(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
    if (!step) return;
    event.preventDefault();
    this.at = Math.max(0, Math.min(this.count - 1, this.at + step));
    this.rove(true);
  }

  // One bar is reached by Tab; the arrows go to the others.
  rove(focus) {
    const bars = $$("button", this.bars);
    bars.forEach((bar, place) => (bar.tabIndex = place === this.at ? 0 : -1));
    if (focus) bars[this.at]?.focus();
  }

  ticks() {
    if (!this.count) return this.axis.replaceChildren();
    const labels = Math.max(1, Math.floor(this.bars.clientWidth / LABEL_PX)); // so many have room
    const every = Math.ceil(this.count / labels);
    const places = Array.from({ length: Math.floor(this.count / every) || 1 }, (_, label) => label * every);
    this.axis.replaceChildren(
      ...places.map((bucket) => el("span", { style: { left: `${(bucket / this.count) * 100}%` } }, tick(this.start + bucket * this.interval, this.interval))),
    );
  }
}
