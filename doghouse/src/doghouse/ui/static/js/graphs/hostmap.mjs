// A host map on a canvas: one hexagon a host, in groups, coloured by one number and sized by another.

import { color, mix, onTheme } from "./colors.mjs";
import { maxOf, minOf } from "./columns.mjs";
import { el, say } from "../dom.mjs";
import { number } from "../format.mjs";
import { shortened } from "./overlays.mjs";
import { above } from "./tooltip.mjs";

const ROOT3 = Math.sqrt(3);
const LARGEST = 72; // a hexagon's radius, px
const SMALLEST = 3;
const TITLE = 20;
const GAP = 12;
const LEAST_SHARE = 0.35; // of the radius, for the smallest size

export class HostMap {
  // onOpen(name) is called when a host is clicked, or Enter pressed on it.
  constructor(canvas, onOpen = () => {}) {
    Object.assign(this, { canvas, onOpen, hosts: [], cells: [], at: -1 });
    this.tip = el("div", { class: "tip", hidden: true });
    new ResizeObserver(() => this.layout()).observe(canvas.parentElement);
    onTheme(() => this.paint());
    canvas.addEventListener("mousemove", (event) => this.hover(this.find(event.offsetX, event.offsetY), event));
    canvas.addEventListener("mouseleave", () => this.hover(-1));
    canvas.addEventListener("click", (event) => this.open(this.find(event.offsetX, event.offsetY)));
    canvas.addEventListener("keydown", (event) => this.key(event));
  }

  show(data) {
    this.data = data;
    this.hosts = data.hosts;
    const values = (name) => this.hosts.map((host) => host[name]).filter((value) => value != null);
    this.fillRange = extent(values("fill"));
    this.sizeRange = extent([0, ...values("size")]);
    if (!values("size").length) this.sizeRange = null;
    this.groups = Object.entries(Object.groupBy(this.hosts, ({ group }) => group)).sort(([a], [b]) => a.localeCompare(b));
    this.layout();
  }

  // The greatest radius with which all groups fit.
  layout() {
    const { clientWidth: width, clientHeight: height } = this.canvas.parentElement;
    if (!width || !this.groups) return;
    this.width = width;
    this.height = height;
    let [low, high] = [SMALLEST, LARGEST];
    while (high - low > 0.25) {
      const middle = (low + high) / 2;
      if (this.place(middle).bottom <= height) low = middle;
      else high = middle;
    }
    this.radius = low;
    const placed = this.place(low);
    this.cells = placed.cells;
    this.titles = placed.titles;
    this.at = Math.min(this.at, this.cells.length - 1);
    const ratio = devicePixelRatio || 1;
    this.canvas.width = width * ratio;
    this.canvas.height = height * ratio;
    this.paint();
  }

  // Groups follow each other like words on a line; each is about square.
  place(radius) {
    const [wide, high] = [ROOT3 * radius, 1.5 * radius];
    const cells = [];
    const titles = [];
    let [x, y, rowBottom] = [GAP, GAP, 0];
    for (const [name, hosts] of this.groups) {
      const titled = name !== "";
      const most = Math.max(1, Math.floor((this.width - 2 * GAP - wide / 2) / wide));
      const columns = Math.min(most, this.groups.length === 1 ? most : Math.max(1, Math.ceil(Math.sqrt(hosts.length * 1.4))));
      const blockWidth = Math.max((columns + 0.5) * wide, titled ? Math.min(120, name.length * 7) : 0);
      if (x > GAP && x + blockWidth > this.width - GAP) [x, y] = [GAP, rowBottom + GAP];
      const top = y + (titled ? TITLE : 0);
      if (titled) titles.push({ name: `${name} (${hosts.length})`, x, y, width: blockWidth });
      hosts.forEach((host, index) => {
        const row = Math.floor(index / columns);
        cells.push({ host, x: x + wide / 2 + (index % columns) * wide + (row % 2 ? wide / 2 : 0), y: top + radius + row * high });
      });
      rowBottom = Math.max(rowBottom, top + 2 * radius + (Math.ceil(hosts.length / columns) - 1) * high);
      x += blockWidth + GAP;
    }
    return { cells, titles, bottom: rowBottom + GAP };
  }

  paint() {
    const { canvas, cells } = this;
    const ctx = canvas.getContext("2d");
    const ratio = devicePixelRatio || 1;
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.clearRect(0, 0, this.width, this.height);
    ctx.font = `12px ${color().sans}`;
    ctx.textBaseline = "top";
    ctx.fillStyle = color().soft;
    for (const title of this.titles ?? []) ctx.fillText(shortened(ctx, title.name, Math.max(title.width, 60)), title.x, title.y);
    cells.forEach((cell, index) => this.hexagon(ctx, cell, index === this.at));
    this.names(ctx);
    canvas.setAttribute("aria-label", `Host map: ${this.hosts.length} hosts${this.data?.fill ? `, coloured by ${this.data.fill}` : ""}`);
  }

  hexagon(ctx, { host, x, y }, marked) {
    const radius = (this.radius - 1) * this.share(host);
    ctx.beginPath();
    for (let i = 0; i < 6; i++) {
      const angle = (Math.PI / 3) * i + Math.PI / 6;
      ctx[i ? "lineTo" : "moveTo"](x + radius * Math.cos(angle), y + radius * Math.sin(angle));
    }
    ctx.closePath();
    const hue = this.hue(host);
    if (hue) {
      ctx.fillStyle = hue;
      ctx.fill();
    }
    if (!hue || host.muted || marked) {
      ctx.setLineDash(host.muted ? [3, 3] : []);
      ctx.lineWidth = marked ? 3 : 1;
      ctx.strokeStyle = marked ? color().accent : color().soft;
      ctx.stroke();
      ctx.setLineDash([]);
    }
  }

  // Names where there is room for them.
  names(ctx) {
    if (this.radius < 26) return;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    const [size, apart] = this.radius > 60 ? [14, 9] : [this.radius > 36 ? 12 : 10, 7];
    ctx.font = `${size}px ${color().sans}`;
    for (const { host, x, y } of this.cells) {
      if (this.radius * this.share(host) < 26) continue;
      ctx.fillStyle = this.dark(host) ? color().raised : color().ink;
      ctx.fillText(shortened(ctx, host.name, 1.6 * this.radius), x, y - (host.fill == null ? 0 : apart));
      if (host.fill != null) ctx.fillText(number(host.fill), x, y + apart, 1.6 * this.radius);
    }
    ctx.textAlign = "left";
  }

  share(host) {
    return this.sizeRange ? LEAST_SHARE + (1 - LEAST_SHARE) * Math.sqrt(portion(host.size, this.sizeRange)) : 1;
  }

  hue(host) {
    if (host.fill == null) return null;
    return heat(portion(host.fill, this.fillRange));
  }

  dark(host) {
    return host.fill != null && portion(host.fill, this.fillRange) > 0.5;
  }

  find(x, y) {
    let [best, nearest] = [-1, this.radius ** 2];
    this.cells.forEach((cell, index) => {
      const distance = (cell.x - x) ** 2 + (cell.y - y) ** 2;
      if (distance < nearest) [best, nearest] = [index, distance];
    });
    return best;
  }

  hover(index, event) {
    const cell = this.cells[index];
    this.tip.hidden = !cell || !event;
    this.canvas.style.cursor = cell ? "pointer" : "default";
    if (!cell || !event) return;
    above(this.tip);
    this.tip.replaceChildren(el("strong", {}, cell.host.name), ...this.lines(cell.host).map((line) => el("div", {}, line)));
    const left = Math.min(event.clientX + 16, innerWidth - this.tip.offsetWidth - 4);
    this.tip.style.transform = `translate(${left}px, ${event.clientY + 12}px)`;
    this.tip.style.left = this.tip.style.top = "0";
  }

  lines(host) {
    const facts = [];
    if (host.group) facts.push(host.group);
    if (this.data.fill) facts.push(`${this.data.fill}: ${number(host.fill)}`);
    if (this.data.size) facts.push(`${this.data.size}: ${number(host.size)}`);
    if (host.muted) facts.push("muted");
    return facts;
  }

  // Arrow keys go to the nearest host in that direction.
  key(event) {
    if (event.key === "Enter") return this.open(this.at);
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!way || !this.cells.length) return;
    event.preventDefault();
    this.at = this.at < 0 ? 0 : this.next(way);
    this.paint();
    const { host } = this.cells[this.at];
    say([host.name, ...this.lines(host)].join(", "));
  }

  next([dx, dy]) {
    const from = this.cells[this.at];
    let [best, least] = [this.at, Infinity];
    this.cells.forEach((cell, index) => {
      const [x, y] = [cell.x - from.x, cell.y - from.y];
      const along = x * dx + y * dy;
      const aside = Math.abs(x * dy) + Math.abs(y * dx);
      if (along > 1 && along + 2 * aside < least) [best, least] = [index, along + 2 * aside];
    });
    return best;
  }

  open(index) {
    if (!this.cells[index]) return;
    this.at = index;
    this.paint();
    this.onOpen(this.cells[index].host.name);
  }

  select(name) {
    this.at = this.cells.findIndex((cell) => cell.host.name === name);
    this.paint();
  }
}

const extent = (values) => (values.length ? [minOf(values), maxOf(values)] : null);

function portion(value, range) {
  if (value == null || !range) return 0;
  return range[1] === range[0] ? 1 : (value - range[0]) / (range[1] - range[0]);
}

// From barely visible to the first series colour.
export const heat = (share) => mix(mix(color().raised, color().series[0], 0.15), color().series[0], share);
