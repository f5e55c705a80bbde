// The charts, drawn by Observable Plot and laid out by d3-force from the tables behind them: every line and bar is a link
// that stands in a cell, every side one that heads a row. Colours, fills and type are the style sheet's.
"use strict";

const MOST_SIDES = 30; // more names or lines cannot be told apart
const MOST_LINES = 120;
const MOST_MONTHS = 60;
const LONGEST_NAME = 34; // in two lines
const [NAME_WIDTH, NAME_HEIGHT] = [128, 38];
const LETTERS = { consultation: "C", diplomatic: "D", military: "M", economic: "E", aid: "A", other: "O" };
const DASHES = { proposed: "1 7", intended: "8 7", agreed: "18 6", enacted: null };

const UNSEEN = { pointerEvents: "none", ariaHidden: true }; // what the links around it say already
const LETTERING = { ...UNSEEN, fill: "var(--ink)", fontSize: 11, fontWeight: 700 };
const HALO = { stroke: "var(--paper)", strokeWidth: 4 };

/** The links in the cells of a row, each with the count it tells and the data of its cell and row. */
function counted(row) {
  return [...row.querySelectorAll("td[data-form] > a, td[data-stage] > a")].map((link) => ({
    ...row.dataset,
    ...link.parentElement.dataset,
    href: link.getAttribute("href"),
    count: Number(link.textContent),
  }));
}

const total = (parts) => d3.sum(parts, (part) => part.count);

/** The foremost pairs, as far as there is room for their names and lines, and their sides. */
function pairsIn(table) {
  const sides = new Map();
  const pairs = [];
  let lines = 0;
  for (const body of table.tBodies) {
    const names = [...body.querySelectorAll(".side")];
    const forms = [...body.rows].map(counted);
    const unknown = names.filter((name) => !sides.has(name.href));
    const needed = forms.flat().length;
    if (pairs.length && (lines + needed > MOST_LINES || sides.size + unknown.length > MOST_SIDES)) continue;
    lines += needed;
    for (const name of unknown) {
      const symbol = "state" in name.dataset ? "circle" : "square";
      sides.set(name.href, { name: name.textContent, href: name.getAttribute("href"), symbol, count: 0 });
    }
    const [source, target] = names.map((name) => sides.get(name.href));
    for (const side of [source, target]) side.count += total(forms.flat());
    pairs.push({ source, target, forms });
  }
  return [pairs, [...sides.values()]];
}

/**
 * Give every side its place, in a picture about as wide as the page has room for. Names are wider than they are high, so
 * there is more room beside a side than above it. All is in its place before it is drawn: nothing moves.
 */
function layOut(sides, pairs, room) {
  const wider = Math.min(1.9, Math.max(1.2, room / 600));
  for (const [n, side] of sides.entries()) [side.x, side.y] = d3.pointRadial((n / sides.length) * 2 * Math.PI, 200);
  d3.forceSimulation(sides)
    .force("pairs", d3.forceLink(pairs).distance((pair) => 110 + 5 * pair.forms.flat().length).strength(0.3))
    .force("apart", d3.forceManyBody().strength(-700).distanceMax(400))
    .force("room", d3.forceCollide(Math.hypot(NAME_WIDTH / wider, NAME_HEIGHT) / 2).iterations(3))
    .force("x", d3.forceX().strength(Math.max(0.1, 110 / room)))
    .force("y", d3.forceY().strength(0.12))
    .stop()
    .tick(400);
  for (const side of sides) side.x *= wider;
}

/** The lines of a pair, those of a form close together, each with the point beside the middle that it runs through. */
function linesOf({ source, target, forms }) {
  const [alongX, alongY] = [target.x - source.x, target.y - source.y];
  const length = Math.hypot(alongX, alongY);
  let offset = 0;
  const lines = forms.flatMap((kinds, n) => kinds.map((kind, m) => {
    offset += m ? 8 : n ? 22 : 0;
    return { ...kind, source, target, offset };
  }));
  return lines.map((line) => ({
    ...line,
    name: `${source.name} and ${target.name}: ${line.count} ${line.form}, ${line.stage}`,
    x: (source.x + target.x - (2 * line.offset - offset) * (alongY / length)) / 2,
    y: (source.y + target.y + (2 * line.offset - offset) * (alongX / length)) / 2,
  }));
}

/** Where the letter of a form stands, amid its lines. */
function badgesOf(lines) {
  return d3.groups(lines, (line) => line.form).map(([form, ofForm]) => ({
    form,
    x: d3.mean(ofForm, (line) => line.x),
    y: d3.mean(ofForm, (line) => line.y),
  }));
}

function shortened(name) {
  return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1).trimEnd()}…` : name;
}

/** The picture of who commits with whom, and what to say of it. */
function network(table, room) {
  const [pairs, sides] = pairsIn(table);
  layOut(sides, pairs, room);
  const bundles = pairs.map(linesOf);
  const lines = bundles.flat();
  const badges = bundles.flatMap(badgesOf);
  const points = lines.flatMap((line) => [line.source, line, line.target].map(({ x, y }) => ({ ...line, line, x, y })));
  const [left, right] = d3.extent([...sides, ...lines], (part) => part.x);
  const [top, bottom] = d3.extent([...sides, ...lines], (part) => part.y);
  const at = { x: "x", y: "y" };
  const curve = { ...at, z: "line", curve: "natural" };
  const stroke = (line) => `var(--edge-${line.form})`;
  const strokeWidth = (line) => 1.5 + Math.sqrt(line.count);
  const linked = { href: "href", title: "name", ariaLabel: "name" };
  const chart = Plot.plot({
    className: "chart",
    margin: 0,
    width: right - left + 160,
    height: bottom - top + 85,
    x: { domain: [left - 80, right + 80], axis: null },
    y: { domain: [bottom + 60, top - 25], axis: null },
    r: { range: [4, 17] },
    symbol: { type: "identity" },
    marks: [
      ...Object.entries(DASHES).map(([stage, strokeDasharray]) =>
        Plot.line(points, { ...UNSEEN, ...curve, filter: (point) => point.stage === stage, stroke, strokeWidth, strokeDasharray })),
      Plot.line(points, { ...curve, ...linked, stroke: "transparent", strokeWidth: 9 }),
      Plot.dot(badges, { ...UNSEEN, ...at, r: 8, fill: "var(--raised)", stroke, strokeWidth: 2 }),
      Plot.text(badges, { ...LETTERING, ...at, text: (badge) => LETTERS[badge.form] }),
      Plot.dot(sides, { ...at, ...linked, r: "count", symbol: "symbol", fill: "var(--accent)", stroke: "var(--paper)", strokeWidth: 2 }),
      Plot.text(sides, {
        ...LETTERING, ...HALO, ...at, text: (side) => shortened(side.name), fontSize: 14, dy: 19, lineAnchor: "top", lineWidth: 9,
      }),
    ],
  });
  const more = table.tBodies.length - pairs.length;
  return [chart, more && `${more} more pairs are in the table.`];
}

const HEIGHT = 230; // of the bars
const ROOM_FOR_LETTER = 12;

const monthOf = (day, n) => d3.utcFormat(n && day.getUTCMonth() ? "%b" : "%b\n%Y")(day);

/** The months, stacked by form, and what to say of them. A month without commitments keeps its place. */
function timeline(table) {
  const rows = [...table.querySelectorAll("[data-month]")];
  const parts = rows.flatMap(counted).map((part) => ({ ...part, day: new Date(`${part.month}-01`) }));
  const [first, last] = d3.extent(parts, (part) => part.day);
  const start = d3.max([first, d3.utcMonth.offset(last, 1 - MOST_MONTHS)]);
  const shown = parts.filter((part) => part.day >= start);
  const most = d3.max(d3.rollup(shown, total, (part) => part.month).values());
  const letter = (part) => (part.count / most) * HEIGHT > ROOM_FOR_LETTER ? LETTERS[part.form] : "";
  const name = (part) => `${d3.utcFormat("%b %Y")(part.day)}: ${part.count} ${part.form}`;
  const months = d3.utcMonth.count(start, last) + 1;
  const stacked = { x: "day", y: "count", z: "form", order: Object.keys(LETTERS) };
  const chart = Plot.plot({
    className: "chart",
    width: 60 + months * Math.max(18, 40 - months),
    height: HEIGHT + 58,
    marginTop: 20,
    marginBottom: 38,
    x: { interval: "month", label: null, tickSpacing: 40, tickFormat: monthOf },
    y: { label: null, grid: true, ticks: Math.min(most, 5), tickFormat: "d" },
    marks: [
      Plot.barY(shown, {
        ...stacked, href: "href", title: name, ariaLabel: name, fill: (part) => `url(#fill-${part.form})`, stroke: "var(--ink)", strokeWidth: 0.7,
      }),
      Plot.text(shown, Plot.stackY({ ...LETTERING, ...HALO, ...stacked, text: letter })),
      Plot.text(shown, Plot.groupX({ y: "sum", text: "sum" }, { ...UNSEEN, x: "day", y: "count", text: "count", dy: -8 })),
    ],
  });
  const earlier = total(parts) - total(shown);
  return [chart, earlier && `${earlier.toLocaleString("en")} earlier ones are in the table.`];
}

/** How each kind is drawn, from which table, and which part is seen first where there is not room for all of it. */
const CHARTS = { network: [network, "by-pair", 0.5], timeline: [timeline, "by-month", 1] };

for (const place of document.querySelectorAll("[data-chart]")) {
  const [draw, table, begin] = CHARTS[place.dataset.chart];
  const [chart, note] = draw(document.getElementById(table), place.clientWidth);
  chart.setAttribute("role", "group");
  chart.setAttribute("aria-label", place.getAttribute("aria-label"));
  chart.querySelector("style").remove(); // the page's policy would stop it; the style sheet says the same
  place.replaceChildren(chart);
  place.scrollLeft = (place.scrollWidth - place.clientWidth) * begin;
  if (note) {
    const said = document.createElement("p");
    said.className = "quiet";
    said.textContent = note;
    place.after(said);
  }
}
