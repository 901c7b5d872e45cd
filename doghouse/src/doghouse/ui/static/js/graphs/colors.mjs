// Colours of series: Okabe and Ito's palette, from the stylesheet. A host keeps its colour on every graph of a page.

const PALETTE = 7;
const places = new Map(); // a host (or another group) → its place in the palette

let tokens = read();
const listeners = new Set();

function read() {
  const style = getComputedStyle(document.documentElement);
  const token = (name) => style.getPropertyValue(`--${name}`).trim();
  return {
    series: Array.from({ length: PALETTE }, (_, index) => token(`s${index}`)),
    ...Object.fromEntries(
      ["paper", "raised", "line", "ink", "soft", "accent", "ok", "warn", "alert", "nodata", "band", "sans", "mono"].map((name) => [name, token(name)]),
    ),
  };
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  tokens = read();
  listeners.forEach((listener) => listener());
});

export const onTheme = (listener) => (listeners.add(listener), () => listeners.delete(listener));
export const color = () => tokens;

// A series' stroke and dash: by its host, else by its group, else by the query it comes from.
export function stroke(series, index) {
  const own = named(series.style?.palette, series.style?.color);
  if (own) return { stroke: own, dash: dash(series.style?.line_type, 0) };
  const place = placeOf(series, index);
  return { stroke: tokens.series[place % PALETTE], dash: dash(series.style?.line_type, Math.floor(place / PALETTE)) };
}

function placeOf(series, index) {
  const key = series.host ? `host:${series.host}` : series.group;
  if (!key) return index;
  if (!places.has(key)) places.set(key, places.size);
  return places.get(key);
}

// Hosts take their colours in order of name, before anything is drawn.
export function reserve(hosts) {
  [...new Set(hosts)].sort().forEach((host) => placeOf({ host }, 0));
}

function named(palette) {
  return { grey: tokens.soft, gray: tokens.soft, warm: null, red: tokens.alert, green: tokens.ok }[palette] ?? null;
}

const DASHES = { dashed: [6, 4], dotted: [2, 3] };
const CYCLES = [undefined, [6, 3], [2, 2], [8, 3, 2, 3]];

const dash = (type, cycle) => DASHES[type] ?? CYCLES[cycle % CYCLES.length];

export function faded(hex, alpha) {
  const [r, g, b] = rgb(hex);
  return `rgb(${r} ${g} ${b} / ${alpha})`;
}

function rgb(hex) {
  const value = parseInt(hex.replace(/^#(.)(.)(.)$/, "#$1$1$2$2$3$3").slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

function luminance(hex) {
  const [r, g, b] = rgb(hex).map((part) => {
    const share = part / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

const contrast = (a, b) => {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
};

const readables = new Map();

// A colour for text: the given one, moved towards the ink until it stands out from the card by 4.5 : 1.
export function readable(hex) {
  const key = hex + tokens.raised;
  if (!readables.has(key)) {
    let made = hex;
    for (let share = 0.1; contrast(made, tokens.raised) < 4.5 && share <= 1; share += 0.1) made = mix(hex, tokens.ink, share);
    readables.set(key, made);
  }
  return readables.get(key);
}

// `from`, moved towards `to` by a share of the way.
export function mix(from, to, share) {
  const [a, b] = [rgb(from), rgb(to)];
  return "#" + a.map((part, index) => Math.round(part + (b[index] - part) * share).toString(16).padStart(2, "0")).join("");
}

// Ink that can be read on a colour.
export const over = (hex) => (contrast(hex, "#ffffff") >= contrast(hex, "#000000") ? "#ffffff" : "#000000");
