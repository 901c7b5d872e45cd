// A graph: one uPlot, made anew when its lines change, else given new columns. Data as graphs.py sends it.

import { color, faded, mix, onTheme, stroke } from "./colors.mjs";
import { columns, extended, lonely, lowerBound, maxOf, minOf, stacked } from "./columns.mjs";
import { el, say, withCode } from "../dom.mjs";
import { duration, full, quantity, tick } from "../format.mjs";
import { legendOf } from "./legend.mjs";
import { drawBounds, overlays } from "./overlays.mjs";
import { hideTip, showTip } from "./tooltip.mjs";

const WIDTHS = { thin: 1, normal: 1.5, thick: 2.5 };
const AREA_ALPHA = 0.22;
const CHAR_PX = 7.3;
const NARROW_PX = 10;
const BINARY = Array.from({ length: 80 }, (_, power) => 2 ** (power - 10)); // the steps of an axis of bytes
const EVENT_PX = 6; // how near the cursor is to an event that it tells

export class Graph {
  // root holds .plot, .legend and .notes. options: { definition, sync, onZoom(from, to), onUnzoom(), markers, name, past(from, to) }
  constructor(root, options) {
    this.root = root;
    this.plot = root.querySelector(".plot");
    this.legend = root.querySelector(".legend");
    this.notes = root.querySelector(".notes");
    this.options = options;
    this.hidden = new Set();
    this.ago = 0; // s: what it is compared to; `before` are the lines of then
    this.before = [];
    this.data = null;
    this.watching = new ResizeObserver(() => this.resize());
    this.watching.observe(this.plot);
    this.unlisten = onTheme(() => this.rebuild());
    this.plot.addEventListener("keydown", (event) => this.key(event));
    this.plot.addEventListener("blur", () => this.leave());
    this.plot.addEventListener("dblclick", () => this.u || this.options.onUnzoom?.()); // with a line, uPlot hears it
  }

  // Everything anew.
  show(data) {
    this.data = data;
    this.draw();
    this.past();
  }

  // Draws what was there so long (s) ago beside it; 0: not any more.
  compare(ago) {
    if (!this.data) return;
    this.ago = ago;
    this.before = [];
    this.draw();
    this.past();
  }

  async past() {
    const { ago, data } = this;
    if (!ago || !data) return;
    const answer = await this.options.past(data.from - ago, data.to - ago).catch((error) => void say(error.message));
    if (!answer || ago !== this.ago || data.from !== this.data.from) return;
    this.before = answer.series.filter(({ ts }) => ts.length).map((one) => shifted(one, ago));
    this.draw();
  }

  // The newest buckets; false where they don't fit what is held, and the whole is needed.
  extend(fresh) {
    const data = extended(this.data, fresh);
    if (!data) return false;
    this.data = data;
    this.draw();
    return true;
  }

  // The range alone, at once, before its numbers are there.
  range(from, to) {
    if (this.u) this.u.setScale("x", { min: from, max: to });
    Object.assign(this.plot.dataset, { from, to });
  }

  draw() {
    const { data } = this;
    const shown = [...data.series.filter((one) => one.ts.length), ...this.before];
    this.explain(data, shown);
    this.seen ||= shown.length > 0; // a graph that once had a line keeps its height, so that nothing moves when it is zoomed
    this.root.classList.toggle("failed", !this.seen);
    this.plot.classList.toggle("waiting", !shown.length);
    Object.assign(this.plot.dataset, { from: data.from, to: data.to, points: shown.reduce((sum, one) => sum + one.ts.length, 0) });
    if (!shown.length) return this.empty();
    this.lines = shown.map((one, index) => ({ ...one, ...stroke(one, index), index }));
    const shape = JSON.stringify(this.lines.map((one) => [one.key, one.display, one.stroke, one.right, one.style, one.unit]));
    const cols = this.columns();
    if (this.u && shape === this.shape) {
      this.u.batch(() => {
        this.u.setData(cols, false);
        this.u.setScale("x", { min: data.from, max: data.to });
      });
    } else {
      this.destroyPlot();
      this.shape = shape;
      this.u = new window.uPlot(this.config(), cols, this.plot);
    }
    this.describe();
    this.drawLegend();
  }

  columns() {
    const visible = this.lines.map((one) => (this.hidden.has(one.key) ? { ...one, ts: [], values: [] } : one));
    return this.stacks() ? stacked(visible, this.data.joined) : columns(visible, this.data.joined);
  }

  // Bars and areas of several series stand on one another.
  stacks() {
    const now = this.lines.filter((one) => !one.ago);
    return now.length > 1 && now.every((one) => one.display === "bars" || one.display === "area");
  }

  scene() {
    const bounds = new Map(this.lines.filter((one) => one.upper && !this.hidden.has(one.key)).map((one) => [one.index + 1, one]));
    return { ...this.options.scene?.(), simulated: this.data.simulated, bounds, markers: this.options.markers, lasts: this.lasts() };
  }

  lasts() {
    const u = this.u;
    if (!u || u.axes.length > 2) return []; // where a second axis stands
    const end = this.data.to;
    return this.lines.flatMap((one) => {
      if (one.ago || this.hidden.has(one.key)) return [];
      const last = lastIndex(one.values);
      if (last < 0 || end - one.ts[last] > this.data.joined + one.interval) return [];
      const drawn = u.data[one.index + 1][lowerBound(u.data[0], one.ts[last])];
      return [{ value: one.values[last], unit: one.unit, drawn: drawn ?? one.values[last], stroke: one.stroke, scale: one.right ? "right" : "y" }];
    });
  }

  config() {
    const { clientWidth: width, clientHeight: height } = this.plot;
    const tokens = color();
    const plugin = overlays(() => this.scene());
    plugin.hooks.drawClear.push((u) => drawBounds(u, this.scene()));
    const right = this.lines.some((one) => one.right);
    return {
      width: Math.max(width, 80),
      height: Math.max(height, 80),
      padding: [10, right ? 8 : () => this.rightPad(), 0, 0],
      legend: { show: false },
      plugins: [plugin],
      cursor: this.cursor(),
      scales: {
        x: { time: true, auto: false, range: (_, min, max) => [min ?? this.data.from, max ?? this.data.to], min: this.data.from, max: this.data.to },
        y: this.scaleY(this.options.definition?.yaxis, false),
        ...(right ? { right: this.scaleY(this.options.definition?.right_yaxis, true) } : {}),
      },
      axes: [this.axisX(tokens), this.axisY(tokens, "y"), ...(right ? [this.axisY(tokens, "right")] : [])],
      series: [{}, ...this.lines.map((one) => this.line(one))],
      hooks: { setSelect: [(u) => this.select(u)], setCursor: [(u) => this.point(u)] },
    };
  }

  // Room for the longest last value.
  rightPad() {
    const longest = Math.max(...this.lines.map((one) => quantity(one.values[lastIndex(one.values)], one.unit).length), 3);
    return Math.min(96, 14 + Math.ceil(longest * CHAR_PX));
  }

  line(one) {
    const { uPlot } = window;
    const bars = one.display === "bars";
    const filled = bars || one.display === "area";
    return {
      scale: one.right ? "right" : "y",
      stroke: one.stroke,
      width: bars ? 0 : (WIDTHS[one.style?.line_width] ?? 1.5),
      dash: bars ? undefined : one.dash,
      fill: filled ? this.fill(one.stroke, bars) : undefined,
      paths: bars ? uPlot.paths.bars({ size: [this.barShare(one), 64], align: 1 }) : uPlot.paths.linear(),
      points: { show: false, filter: (u, index) => (bars ? null : lonely(u.data[index])), size: 4, fill: one.stroke, width: 0 },
    };
  }

  // Narrow bars touch: gaps of a fraction of a pixel would come and go.
  barShare(one) {
    const room = (this.plot.clientWidth * one.interval) / (this.data.to - this.data.from);
    return room < NARROW_PX ? 1 : 0.86;
  }

  // What stands on something else hides it; an area by itself lets the grid through.
  fill(hue, bars) {
    const share = bars ? 0.85 : AREA_ALPHA;
    return this.stacks() ? mix(color().raised, hue, share) : faded(hue, share);
  }

  scaleY(axis, isRight) {
    const lines = this.lines.filter((one) => one.right === isRight);
    const log = axis?.scale === "log";
    const zero = axis?.include_zero !== false && !log;
    const least = numeric(axis?.min);
    const most = numeric(axis?.max);
    const extra = isRight ? [] : (this.options.markers ?? []).map((one) => one.value);
    return {
      auto: true,
      distr: log ? 3 : 1,
      range: (u, low, high) => {
        const bounds = lines.flatMap((one) => (one.upper ? [...one.lower, ...one.upper] : [])).filter((value) => value != null);
        let min = Math.min(low ?? Infinity, ...extra, minOf(bounds), zero ? 0 : Infinity);
        let max = Math.max(high ?? -Infinity, ...extra, maxOf(bounds), zero ? 0 : -Infinity);
        if (!Number.isFinite(min) || !Number.isFinite(max)) [min, max] = [0, 1];
        if (log) return window.uPlot.rangeLog(Math.max(min, 1e-9), Math.max(max, 1e-8), 10, true);
        if (min === max) [min, max] = min === 0 ? [0, 1] : [min - Math.abs(min) * 0.1, max + Math.abs(max) * 0.1];
        const pad = (max - min) * 0.06;
        return [least ?? (min === 0 && zero ? 0 : min - pad), most ?? (max === 0 && zero ? 0 : max + pad)];
      },
    };
  }

  axisX(tokens) {
    return {
      stroke: tokens.soft, font: `12px ${tokens.sans}`, size: 26, gap: 4, space: 72,
      grid: { show: false }, ticks: { stroke: tokens.line, width: 1, size: 4 },
      values: (_, splits, __, ___, step) => splits.map((at) => (at == null ? "" : tick(at, step))),
    };
  }

  axisY(tokens, scale) {
    const unit = this.unit(scale === "right");
    return {
      scale, side: scale === "right" ? 1 : 3, stroke: tokens.soft, font: `12px ${tokens.mono}`, gap: 6, space: 36,
      size: (u, values) => Math.max(34, ...(values ?? []).map((text) => 14 + String(text ?? "").length * CHAR_PX)),
      grid: { show: scale === "y", stroke: tokens.line, width: 1 }, ticks: { show: false },
      values: (_, splits) => splits.map((at) => (at == null ? "" : quantity(at, unit))),
      ...(unit?.[0].family === "bytes" ? { incrs: BINARY } : {}),
    };
  }

  // What an axis is counted in, where all of its lines are.
  unit(right) {
    const [first, ...others] = this.lines.filter((one) => one.right === right).map((one) => one.unit);
    return others.every((one) => JSON.stringify(one) === JSON.stringify(first)) ? first : null;
  }

  cursor() {
    return {
      y: false,
      drag: { x: true, y: false, setScale: false, dist: 4 },
      bind: { dblclick: () => () => (this.options.onUnzoom?.(), null) },
      points: { size: 6, width: 1.5, fill: (u, i) => u.series[i].stroke(), stroke: () => color().raised },
      dataIdx: (u, series, index, at) => (series ? this.nearest(this.lines[series - 1], at, index) : index),
      focus: { prox: -1 },
      sync: this.options.sync ? { key: this.options.sync, scales: ["x", null], filters: { pub: moves, sub: () => true } } : undefined,
    };
  }

  // The index of a line's own point nearest to a time: columns hold other lines' times too.
  nearest(line, at, index) {
    const { ts } = line;
    const best = this.near(ts, at);
    return best < 0 ? index : lowerBound(this.u.data[0], ts[best]);
  }

  // The place of the time that is nearest; -1 where none is so near that points would be joined.
  near(ts, at) {
    const after = lowerBound(ts, at);
    const best = after > 0 && (after === ts.length || at - ts[after - 1] <= ts[after] - at) ? after - 1 : after;
    return best < ts.length && Math.abs(ts[best] - at) <= this.data.joined ? best : -1;
  }

  select(u) {
    const { left, width } = u.select;
    if (width < 4) return;
    const [from, to] = [u.posToVal(left, "x"), u.posToVal(left + width, "x")];
    u.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
    this.options.onZoom?.(Math.floor(from), Math.max(Math.ceil(to), Math.floor(from) + 1));
  }

  // The tooltip, on the graph that is pointed at alone.
  point(u) {
    if (!this.pointed(u)) return;
    const { left, top, idx } = u.cursor;
    if (left == null || left < 0 || idx == null) return hideTip();
    const at = u.posToVal(left, "x");
    const rows = this.rowsAt(at);
    const box = u.over.getBoundingClientRect();
    const time = rows.length ? rows.reduce((best, row) => (Math.abs(row.ts - at) < Math.abs(best - at) ? row.ts : best), rows[0].ts) : at;
    const near = u.posToVal(EVENT_PX, "x") - u.posToVal(0, "x");
    const events = (this.scene().events ?? []).filter((one) => Math.abs(one.ts - at) < near);
    showTip({ left: box.left + left, top: box.top + Math.max(0, top), value: u.posToVal(top, "y") }, time, rows, events.map((one) => one.title));
  }

  pointed(u) {
    return u.over.matches(":hover") || document.activeElement === this.plot;
  }

  rowsAt(at) {
    return this.lines.flatMap((one) => {
      if (this.hidden.has(one.key)) return [];
      const i = this.near(one.ts, at);
      if (i < 0 || one.values[i] == null) return [];
      return [{ label: this.lines.length > 1 || one.group ? one.label : one.name, value: one.values[i], unit: one.unit, stroke: one.stroke, ts: one.ts[i] }];
    });
  }

  // Arrow keys move the cursor from point to point; what stands there is said.
  key(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step || !this.u) return;
    event.preventDefault();
    const times = this.u.data[0];
    const inside = [lowerBound(times, this.data.from), lowerBound(times, this.data.to) - 1];
    const at = this.cursorAt == null ? (step > 0 ? inside[0] : inside[1]) : this.cursorAt + step;
    this.cursorAt = Math.min(Math.max(at, inside[0]), inside[1]);
    const left = this.u.valToPos(times[this.cursorAt], "x");
    this.u.setCursor({ left, top: this.u.over.clientHeight / 2 });
    const rows = this.rowsAt(times[this.cursorAt]);
    say(`${full(times[this.cursorAt])}: ${rows.map((row) => `${row.label} ${quantity(row.value, row.unit, true)}`).join(", ")}`);
  }

  leave() {
    this.cursorAt = null;
    this.u?.setCursor({ left: -10, top: -10 });
    hideTip();
  }

  explain(data, shown) {
    const said = data.problems.map(problemText);
    if (data.more) said.push([`${data.more} more series are not drawn`]);
    const approximate = [...new Set(shown.map((one) => one.approximate).filter(Boolean))];
    if (approximate.length && this.root.closest("dialog")) said.push([approximate.join(". ")]);
    if (this.options.plain) said.push([this.options.plain]);
    this.notes.hidden = !said.length;
    this.notes.replaceChildren(...said.map((parts) => el("p", { class: "why" }, ...parts)));
  }

  describe() {
    const names = this.lines.slice(0, 8).map((one) => `${one.label}, last ${quantity(one.values[lastIndex(one.values)], one.unit, true)}`);
    const span = duration(this.data.to - this.data.from);
    this.plot.setAttribute("role", "group");
    this.plot.setAttribute("aria-roledescription", "graph");
    this.plot.setAttribute("aria-label", `${this.options.name ?? "Graph"}: ${this.lines.length} series over ${span}. ${names.join("; ")}`);
  }

  drawLegend() {
    if (!this.legend) return;
    const wanted = this.lines.length > 1 && this.options.definition?.show_legend !== false;
    this.legend.hidden = !wanted;
    if (!wanted) return;
    const { items, columns } = legendOf(this.lines, this.options.definition, this.hidden, (line) => this.toggle(line));
    const keys = columns ? null : this.lines.map((one) => one.key + one.stroke).join("\n"); // figures change with each answer
    if (keys && keys === this.legendKeys) return;
    this.legendKeys = keys;
    this.legend.classList.toggle("vertical", columns > 0);
    this.legend.style.setProperty("--columns", columns);
    this.legend.replaceChildren(...items);
  }

  // Shows or hides a line; whether it is shown now.
  toggle(line) {
    const shown = this.hidden.delete(line.key);
    if (!shown) this.hidden.add(line.key);
    this.u.setData(this.columns(), false);
    this.u.redraw(true, true);
    return shown;
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.plot;
    if (this.u && width && height && (width !== this.u.width || height !== this.u.height)) this.u.setSize({ width, height });
  }

  rebuild() {
    this.shape = this.legendKeys = null;
    if (this.data) this.draw();
  }

  empty() {
    hideTip();
    this.destroyPlot();
    this.lines = [];
    this.plot.setAttribute("aria-label", `${this.options.name ?? "Graph"}: no points`);
    if (this.legend) this.legend.hidden = true;
  }

  destroyPlot() {
    this.u?.destroy();
    this.u = null;
    this.shape = null;
  }

  destroy() {
    this.destroyPlot();
    this.unlisten();
    this.watching.disconnect();
  }
}

// A line of the past under the time now, thin and grey.
function shifted(one, ago) {
  const words = { 3600: "an hour before", 86400: "a day before", 604800: "a week before" }[ago];
  const style = { palette: "gray", line_type: "dashed", line_width: "thin" };
  return { ...one, ago, style, key: `${one.key}|${ago}`, label: `${one.label}, ${words}`, name: `${one.name}, ${words}`, display: "line", upper: undefined, lower: undefined, ts: one.ts.map((at) => at + ago) };
}

// Graphs share where the cursor is, not what is dragged: a zoom is told once.
const moves = (type) => type === "mousemove" || type === "mouseleave";

// Why there are no numbers: the sentence, and for a query that does not parse the query with its place marked.
export function problemText(problem) {
  if (problem.kind !== "wrong") return withCode(problem.text);
  const { query, position } = problem;
  const at = Math.min(position ?? 0, query.length);
  const marked = el("code", {}, query.slice(0, at), el("mark", {}, query.slice(at, at + 1) || "\u00a0"), query.slice(at + 1));
  return [marked, el("br"), problem.text];
}

function lastIndex(values) {
  let last = values.length - 1;
  while (last >= 0 && values[last] == null) last--;
  return last;
}

const numeric = (text) => (text == null || text === "auto" || !Number.isFinite(Number(text)) ? null : Number(text));

// A dashboard's markers: `y = 15`, `y > 10`, `5 < y < 10` with `error dashed`.
export function markersOf(definition) {
  return (definition?.markers ?? []).flatMap((one) => {
    const numbers = String(one.value ?? "").match(/-?\d+(\.\d+)?(e[+-]?\d+)?/gi)?.map(Number) ?? [];
    if (!numbers.length) return [];
    const [tone, style] = String(one.display_type ?? "info").split(" ");
    const range = numbers.length > 1 ? numbers[1] : null;
    return [{ value: numbers[0], to: range, tone, dashed: style === "dashed", label: one.label?.trim() ?? "" }];
  });
}
