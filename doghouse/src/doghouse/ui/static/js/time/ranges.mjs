// A range of time as a person types it: a length (90m, 1h30m, now-2d), a day (yesterday, Mar 2), or two times.
// Times are in the viewer's zone. Known from Datadog's documentation of custom time frames.

const SECONDS = { s: 1, m: 60, h: 3600, d: 86400, w: 604800, mo: 2592000, y: 31536000 };
const DAY_S = 86400;
export const LONGEST_S = 20 * SECONDS.y; // frame.py's

const PART = /(\d{1,6})\s*(s(?:ec(?:ond)?s?)?|mo(?:nths?|s)?|m(?:in(?:ute)?s?)?|h(?:rs?|ours?)?|d(?:ays?)?|w(?:ks?|eeks?)?|y(?:rs?|ears?)?)(?![a-z])\s*/y;
const SPLITS = [/\s+(?:-|–|—|to|until)\s+/i, /\s*[–—]\s*/, /(?<=[\dm])\s*-\s*(?=\d{1,2}(?::\d{2})?(?:am|pm|$)|\d{10})/i];

// {span} (s, live), {from, to} (s), or null where it is none of these.
export function parseRange(text, now) {
  const words = text.trim();
  const bare = words.toLowerCase().replace(/^(?:the\s+)?(?:past|last)\s+/, "").replace(/^now\s*-\s*(?=[\da-z. ]+$)/, "");
  const span = lengthOf(/^\d/.test(bare) ? bare : /^(?:the\s+)?(?:past|last)\s/i.test(words) ? `1 ${bare}` : bare);
  const range = span ? { span } : (twoTimes(words, now) ?? oneDay(words, now));
  const length = range?.span ?? range?.to - range?.from;
  return length > 0 && length <= LONGEST_S ? range : null;
}

// `1h30m`, `3 days` → s.
function lengthOf(text) {
  let total = 0;
  let at = 0;
  while (at < text.length) {
    PART.lastIndex = at;
    const part = PART.exec(text);
    if (!part) return null;
    total += Number(part[1]) * (part[2].startsWith("mo") ? SECONDS.mo : SECONDS[part[2][0]]);
    at = PART.lastIndex;
  }
  return total || null;
}

function twoTimes(text, now) {
  for (const split of SPLITS) {
    const parts = text.split(split);
    if (parts.length !== 2) continue;
    const [from, to] = [instant(parts[0], now), instant(parts[1], now)];
    if (!from || !to) continue;
    if (from.back && to.kind === "now") return { span: from.back };
    return ordered(from, to, now);
  }
  return null;
}

// A day as an end is included whole. Of clocks, 23:00 – 01:00 began the day before, and what is still to come was yesterday.
function ordered(from, to, now) {
  let [start, end] = [from.at, to.end ?? to.at];
  if (from.kind === "clock" && start >= end) start -= DAY_S;
  if (from.kind === "clock" && to.kind === "clock" && start > now) [start, end] = [start - DAY_S, end - DAY_S];
  return { from: start, to: end };
}

function oneDay(text, now) {
  const day = instant(text, now);
  if (!day?.end) return null;
  return { from: day.at, to: Math.min(day.end, Math.max(Math.floor(now) + 1, day.at + 1)) };
}

// {at (s), end? (s, of a whole day), kind, back? (s before now)}, or null.
function instant(text, now) {
  const words = text.trim().toLowerCase();
  if (words === "now") return { at: Math.floor(now) + 1, kind: "now" };
  const back = words.match(/^now\s*-\s*(.+)$/) ?? words.match(/^(.+?)\s*ago$/);
  if (back) {
    const span = lengthOf(back[1]);
    return span && { at: Math.floor(now) + 1 - span, kind: "ago", back: span };
  }
  if (/^\d{10}$/.test(words)) return { at: Number(words), kind: "epoch" };
  if (/^\d{13}$/.test(words)) return { at: Math.floor(Number(words) / 1000), kind: "epoch" };
  return clockTime(words, now) ?? dayOf(words, now) ?? moment(text.trim(), now);
}

function clockTime(text, now) {
  const [, hour, minute = "0", second = "0", half] = text.match(/^(\d{1,2})(?::(\d{2}))?(?::(\d{2}))?\s*(am|pm)?$/) ?? [];
  if (hour === undefined || (!half && !text.includes(":"))) return null;
  const hours = half ? (Number(hour) % 12) + (half === "pm" ? 12 : 0) : Number(hour);
  if (hours > 24 || Number(minute) > 59 || Number(second) > 59 || (half && Number(hour) > 12)) return null;
  return { at: Math.floor(new Date(now * 1000).setHours(hours, Number(minute), Number(second), 0) / 1000), kind: "clock" };
}

function dayOf(text, now) {
  if (text === "today" || text === "yesterday") return whole(new Date(now * 1000), text === "today" ? 0 : -1);
  const iso = text.match(/^(\d{4})-(\d{1,2})-(\d{1,2})$/);
  if (iso) return real(Number(iso[1]), Number(iso[2]), Number(iso[3])) ? whole(new Date(Number(iso[1]), Number(iso[2]) - 1, Number(iso[3]))) : null;
  const named = named_(text, now);
  return named && !/\d:\d/.test(text) ? whole(named) : null;
}

function real(year, month, day) {
  const made = new Date(year, month - 1, day);
  return made.getMonth() === month - 1 && made.getDate() === day;
}

function whole(day, by = 0) {
  const at = new Date(day.getFullYear(), day.getMonth(), day.getDate() + by);
  const end = new Date(day.getFullYear(), day.getMonth(), day.getDate() + by + 1);
  return { at: at.getTime() / 1000, end: end.getTime() / 1000, kind: "day" };
}

// `Mar 2`, `2 March 10:00`, `Mar 2, 2026`: without a year the last such day.
function named_(text, now) {
  if (!/[a-z]{3}/.test(text) || /[^a-z0-9:,. ]/.test(text) || !/\b\d{1,2}\b/.test(text)) return null;
  if (/\b\d{4}\b/.test(text)) return date(text);
  const year = new Date(now * 1000).getFullYear();
  const made = date(`${text} ${year}`);
  return made && made.getTime() / 1000 > now + DAY_S ? date(`${text} ${year - 1}`) : made;
}

function moment(text, now) {
  const named = named_(text.toLowerCase(), now);
  const when = named ?? (/^\d{4}-\d{1,2}-\d{1,2}[ T]\d{1,2}:\d{2}|^\d{1,2}\/\d{1,2}\/\d{4}/.test(text) ? date(text.replace(/^(\S+) (?=\d)/, text.includes("-") ? "$1T" : "$1 ")) : null);
  return when && { at: Math.floor(when.getTime() / 1000), kind: "date" };
}

function date(text) {
  const made = new Date(text);
  return Number.isNaN(made.getTime()) ? null : made;
}
