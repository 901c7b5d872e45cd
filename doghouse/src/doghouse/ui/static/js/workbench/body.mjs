// A body by the paths of its values (`options.thresholds.critical`, `widgets[2].definition`), and the parts of a monitor's query that its form names.

const steps = (path) => path.match(/[^.[\]]+/g) ?? [];

export const get = (body, path) => steps(path).reduce((at, key) => at?.[key], body);

// Sets a value, or takes it away (undefined) with what is empty then around it.
export function set(body, path, value) {
  const keys = steps(path);
  const last = keys.pop();
  const around = [];
  let inside = body;
  for (const key of keys) {
    if (!isObject(inside[key]) && !Array.isArray(inside[key])) inside[key] = {};
    around.unshift([inside, key]);
    inside = inside[key];
  }
  if (value !== undefined) inside[last] = value;
  else if (Array.isArray(inside)) inside.splice(last, 1);
  else delete inside[last];
  for (const [outer, key] of around) if (!Object.keys(outer[key]).length) delete outer[key];
}

export const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

// What a field of a kind holds as the body has it; undefined: nothing.
export function typed(kind, text) {
  if (text.trim() === "") return kind === "text" && text ? text : undefined;
  if (kind === "number" || kind === "whole") return Number(text);
  if (kind === "flag") return text === "true";
  if (kind === "list") return text.split(",").map((word) => word.trim()).filter(Boolean);
  return text;
}

export const shown = (value) => (value == null ? "" : Array.isArray(value) ? value.join(", ") : String(value));

// --- the query's own text

const WINDOW = /\b(?:last|current)_\w+/; // avg(last_5m):
const LAST = /(?<=\.last\(\s*["'])[^"']*/; // .last("5m")
const BY = /(\bby\s*\{)([^{}]*)(\})/; // by {host}
const CALLED = /(\.by\(\s*)([^()]*?)(\s*\))/; // .by("host")
const COMPARED = /([<>]=?|[=!]=)(\s*)([-+]?[\d.]+(?:e[-+]?\d+)?)(\s*)$/i; // > 90
const plain = (listed) => listed.replaceAll(/["']/g, "");

export const parts = {
  window: {
    get: (query) => (query.match(WINDOW) ?? query.match(LAST))?.[0] ?? "",
    set: (query, text) => (text ? (WINDOW.test(query) ? query.replace(WINDOW, () => text) : query.replace(LAST, () => text)) : query),
  },
  groups: {
    get: (query) => plain((query.match(BY) ?? query.match(CALLED))?.[2] ?? ""),
    set: (query, text) => {
      const names = text.split(",").map((name) => name.trim()).filter(Boolean);
      if (BY.test(query)) return names.length ? query.replaceAll(new RegExp(BY, "g"), (_, head, __, end) => `${head}${names.join(",")}${end}`) : query.replaceAll(new RegExp(`\\s*${BY.source}`, "g"), "");
      if (CALLED.test(query)) return names.length ? query.replace(CALLED, (_, head, __, end) => `${head}${names.map((name) => `"${name}"`).join(",")}${end}`) : query.replace(CALLED, "");
      if (!names.length) return query;
      if (/^\s*["']/.test(query) || LAST.test(query)) return query.replace(/\.last\(/, () => `.by(${names.map((name) => `"${name}"`).join(",")}).last(`);
      return query.replaceAll(/(:\s*[A-Za-z][\w.\-/]*\s*\{[^{}]*\})/g, (scope) => `${scope} by {${names.join(",")}}`);
    },
  },
  critical: {
    get: (query) => Number(query.match(COMPARED)?.[3] ?? NaN),
    set: (query, value) => query.replace(COMPARED, (_, sign, space, __, end) => `${sign}${space}${value}${end}`),
  },
};

// How a problem is mended: in the text of a field, or as the whole of its value.
export function mend(body, { field, old, new: text }) {
  if (old) return set(body, field, String(get(body, field) ?? "").replace(old, () => text));
  const value = field === "query" || field === "message" || field === "name" ? text : parsed(text);
  set(body, field, value);
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
