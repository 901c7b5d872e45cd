// Series with their own times → the columns that uPlot draws: a list of times, then a list of values for each series.
// In a column `undefined` is a time of another series (the line goes on), `null` a gap (the line stops).

export function columns(series, joined) {
  const times = union(series, joined);
  return [times, ...series.map((line) => column(line, times, joined))];
}

// Every time of every series; bars have their whole grid, and a gap has a time in its middle, so that it can be seen.
function union(series, joined) {
  const instants = new Set();
  for (const line of series) {
    const { ts } = line;
    for (let i = 0; i < ts.length; i++) {
      instants.add(ts[i]);
      if (i && ts[i] - ts[i - 1] > joined) instants.add((ts[i] + ts[i - 1]) / 2);
    }
    if (line.display === "bars" && ts.length) for (let t = ts[0]; t <= ts.at(-1); t += line.interval) instants.add(t);
  }
  return Float64Array.from(instants).sort();
}

function column(line, times, joined) {
  const { ts, values } = line;
  const made = new Array(times.length);
  let at = 0;
  for (let i = 0; i < ts.length; i++) {
    while (times[at] < ts[i]) at++;
    made[at] = values[i] ?? null;
    if (i && ts[i] - ts[i - 1] > joined) fillGap(made, times, at, ts[i - 1]);
  }
  return made;
}

function fillGap(made, times, end, from) {
  for (let at = end - 1; at >= 0 && times[at] > from; at--) made[at] = null;
}

// Series stacked on one another, the last at the bottom: drawn in their order, each is painted over the one that stands on it.
// Where a series has no point at a time of another, a bar counts as 0, and a line is interpolated.
export function stacked(series, joined) {
  const times = union(series, joined);
  const floor = new Float64Array(times.length);
  const layers = series.toReversed().map((line) => {
    const raw = column(line, times, joined);
    if (line.ago) return raw; // what it is compared to stands on nothing
    if (line.display !== "bars") interpolate(raw, times);
    return Array.from(raw, (value, at) => (value == null ? (line.display === "bars" ? undefined : null) : (floor[at] += value)));
  });
  return [times, ...layers.reverse()];
}

function interpolate(values, times) {
  let last = -1;
  for (let at = 0; at < values.length; at++) {
    if (values[at] === undefined) continue;
    if (values[at] !== null && last >= 0 && values[last] !== null)
      for (let i = last + 1; i < at; i++)
        values[i] = values[last] + ((values[at] - values[last]) * (times[i] - times[last])) / (times[at] - times[last]);
    last = at;
  }
}

// The newest buckets put behind what is there: points from `cut` on are replaced, points before `from` dropped.
function merged(old, fresh, cut, from) {
  const lists = ["values", "lower", "upper"].filter((name) => fresh[name]);
  const start = lowerBound(old.ts, from);
  const end = lowerBound(old.ts, cut);
  const made = { ...fresh, ts: old.ts.slice(start, end).concat(fresh.ts) };
  for (const name of lists) made[name] = (old[name] ?? []).slice(start, end).concat(fresh[name]);
  return made;
}

// An answer with the newest buckets put behind those that are held; null where they don't fit, and the whole is needed.
export function extended(held, fresh) {
  if (!held || held.interval !== fresh.interval) return null;
  const before = new Map(held.series.map((one) => [one.key, one]));
  if (fresh.series.some((one) => !before.has(one.key))) return null;
  return { ...fresh, series: fresh.series.map((one) => merged(before.get(one.key), one, fresh.cut, fresh.from)) };
}

// Where a column has a point by itself, which is shown as a point: a line needs two. Null where it has none.
export function lonely(values) {
  const found = [];
  let last = -1;
  let open = true; // nothing that a line could come from
  for (let at = 0; at < values.length; at++) {
    if (values[at] === undefined) continue;
    if (values[at] === null) {
      if (last >= 0 && open) found.push(last);
      [last, open] = [-1, true];
    } else {
      open = last < 0;
      last = at;
    }
  }
  if (last >= 0 && open) found.push(last);
  return found.length ? found : null;
}

export function lowerBound(sorted, value) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

// Of any number of values: Math.min and Math.max take only so many arguments.
export const minOf = (values) => values.reduce((least, value) => (value < least ? value : least), Infinity);
export const maxOf = (values) => values.reduce((most, value) => (value > most ? value : most), -Infinity);
