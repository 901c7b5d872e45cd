// Numbers, times and durations for people. Numbers have at most four figures; times are in the viewer's zone.

const SUFFIXES = [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"]];

export const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

export function number(value) {
  if (value == null || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size >= 1e15 || (size > 0 && size < 1e-4)) return value.toExponential(2);
  if (size < 1e4) return trimmed(value, 4);
  const [unit, suffix] = SUFFIXES.find(([least]) => size >= least);
  return trimmed(value / unit, 4) + suffix;
}

const BYTES = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
const PREFIXED = { frequency: "Hz", power: "W", current: "A", potential: "V" };
const TIMES = [[1, "s"], [1e-3, "ms"], [1e-6, "μs"], [1e-9, "ns"]];

// A value with its unit, a pair of what it is counted in and what that is per: bytes and times in the order of magnitude that suits them. A unit
// without a short name is named where there is room (`long`).
export function quantity(value, unit, long = false) {
  if (!unit || value == null || !Number.isFinite(value)) return number(value);
  const [of, per] = unit;
  return counted(value, of, long) + (per ? `/${per.short_name ?? per.name}` : "");
}

function counted(value, { family, name, plural, short_name: short, scale_factor: scale }, long) {
  const base = value * scale;
  const size = Math.abs(base);
  if (family === "bytes" && name !== "bit") {
    const power = size < 1 ? 0 : Math.min(BYTES.length - 1, Math.floor(Math.log2(size) / 10));
    return `${trimmed(base / 1024 ** power, 4)} ${BYTES[power]}`;
  }
  if (family === "time") {
    if (size >= 60) return (base < 0 ? "−" : "") + span(size);
    const [least, suffix] = TIMES.find(([least]) => size >= least) ?? (size ? TIMES.at(-1) : TIMES[0]);
    return trimmed(base / least, 4) + suffix;
  }
  if (family === "percentage") return `${number(base)}%`;
  if (PREFIXED[family]) return number(base).replace(/([kMGT]?)$/, ` $1${PREFIXED[family]}`);
  if (short) return `${number(value)} ${short}`;
  return long ? `${number(value)} ${value === 1 ? name : plural}` : number(value);
}

function trimmed(value, figures) {
  const text = String(Number(value.toPrecision(figures)));
  return text.replace("-", "−");
}

export function fixed(value, precision) {
  return value == null ? "–" : value.toFixed(precision).replace("-", "−");
}

const local = (options) => new Intl.DateTimeFormat(undefined, { hourCycle: "h23", ...options });
const CLOCK = local({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
const MINUTE = local({ hour: "2-digit", minute: "2-digit" });
const DAY = local({ month: "short", day: "numeric" });
const DAY_OF_YEAR = local({ year: "numeric", month: "short", day: "numeric" });
const FULL = local({ weekday: "short", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit" });
const ZONED = local({ timeZoneName: "short", year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit" });

const date = (seconds) => new Date(seconds * 1000);

export const clock = (seconds) => CLOCK.format(date(seconds));
export const full = (seconds) => FULL.format(date(seconds));
export const zoned = (seconds) => ZONED.format(date(seconds));
const STAMP = local({ month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit" });
const DATED = local({ year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });

// A moment in a list: without the year while it is this one.
export const stamp = (seconds) => (date(seconds).getFullYear() === new Date().getFullYear() ? STAMP : DATED).format(date(seconds));
export const utc = (seconds) => date(seconds).toISOString().slice(0, 19).replace("T", " ") + " UTC";

const [MONTH_S, YEAR_S] = [28 * 86400, 365 * 86400];
const MONTH = local({ month: "short" });
const MONTH_OF_YEAR = local({ month: "short", year: "numeric" });

// Axis labels: as fine as the step between them, with the day where a day begins.
export function tick(seconds, step) {
  const when = date(seconds);
  if (step >= YEAR_S) return String(when.getFullYear());
  if (step >= MONTH_S) return (when.getMonth() ? MONTH : MONTH_OF_YEAR).format(when);
  if (step >= 86400 || (when.getHours() === 0 && when.getMinutes() === 0 && when.getSeconds() === 0)) return DAY.format(when);
  return (step < 60 ? CLOCK : MINUTE).format(when);
}

export function range(from, to) {
  const sameDay = date(from).toDateString() === date(to).toDateString();
  const end = to - from < 600 ? CLOCK : MINUTE;
  const day = [from, to].some((seconds) => date(seconds).getFullYear() !== new Date().getFullYear()) ? DAY_OF_YEAR : DAY;
  return `${day.format(date(from))} ${end.format(date(from))} – ${sameDay ? "" : day.format(date(to)) + " "}${end.format(date(to))}`;
}

const UNITS = [[31536000 - 432000, "year"], [2592000, "month"], [604800, "week"], [86400, "day"], [3600, "hour"], [60, "minute"], [1, "second"]];

const MOST_OF_A_UNIT = 120; // 90 minutes, but not 899 seconds

export function duration(seconds) {
  for (const [size, word] of UNITS) {
    const count = seconds / size;
    if (count >= 1 && count <= MOST_OF_A_UNIT && Number.isInteger(count)) return count === 1 ? word : `${count} ${word}s`;
  }
  return short(seconds);
}

// 200 → "3m 20s": the two greatest parts.
export const short = span;

function span(seconds) {
  const parts = [];
  let rest = Math.round(seconds);
  for (const [size, letter] of [[86400, "d"], [3600, "h"], [60, "m"], [1, "s"]]) {
    if (rest >= size) parts.push(`${Math.floor(rest / size)}${letter}`);
    rest %= size;
  }
  return parts.slice(0, 2).join(" ") || "0s";
}

export function ago(seconds) {
  if (seconds < 5) return "just now";
  return `${short(seconds).split(" ")[0]} ago`;
}
