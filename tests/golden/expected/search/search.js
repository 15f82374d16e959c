const EVENTS_A_STEP = 20, YEARS_A_TIME = 12, MONTHS_A_TIME = 6, MOST_MONTHS_A_STEP = 12, MOST_TOPICS = 20;
const MARKS = /[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670]/g;
const PAIRED = "\\u{e00}-\\u{eff}\\u{1000}-\\u{109f}\\u{1100}-\\u{11ff}\\u{1780}-\\u{17ff}\\u{3005}-\\u{3007}"
  + "\\u{3040}-\\u{312f}\\u{31f0}-\\u{31ff}\\u{3400}-\\u{4dbf}\\u{4e00}-\\u{9fff}\\u{ac00}-\\u{d7af}\\u{20000}-\\u{3ffff}";
const IS_PAIRED = new RegExp(`^[${PAIRED}]`, "u");
const RUNS = new RegExp(
  `(?:(?=[${PAIRED}])[\\p{L}\\p{M}\\p{N}])+|(?:(?![${PAIRED}])[\\p{L}\\p{M}\\p{N}])+`, "gu");

export function folded(text) {
  const lower = text.normalize("NFKC").toUpperCase().toLowerCase();
  return lower.normalize("NFD").replace(MARKS, "").normalize("NFC").replaceAll("ς", "σ");
}

export function wordsOf(text) {
  const words = new Set();
  for (const run of folded(text).match(RUNS) ?? []) {
    const characters = Array.from(run);
    if (!IS_PAIRED.test(run) || characters.length === 1) words.add(run);
    else characters.slice(1).forEach((next, before) => words.add(characters[before] + next));
  }
  return words;
}

export function mayHave(filter, word) {
  if (!filter) return true;
  const bits = atob(filter);
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(word)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  const step = ((value << 15 | value >>> 17) | 1) >>> 0;
  for (let number = 0; number < 5; number++) {
    const position = ((value + number * step) % 2 ** 32) % (8 * bits.length);
    if (!(bits.charCodeAt(position >> 3) >> (position & 7) & 1)) return false;
  }
  return true;
}

export function queryOf(text) {
  const all = Array.from(wordsOf(text));
  const isAlone = (word) => IS_PAIRED.test(word) && Array.from(word).length === 1;
  return {words: all.filter((word) => !isAlone(word)), alone: all.filter(isAlone)};
}

export function hasAll(event, query) {
  const text = [event.title, ...event.topics.map((topic) => topic.label)].join("\n");
  const words = wordsOf(text);
  const characters = query.alone.length ? folded(text) : "";
  return query.words.every((word) => words.has(word))
    && query.alone.every((one) => characters.includes(one));
}

const base = new URL("../", import.meta.url);
const addressOf = (path) => new URL(path.split("/").map(encodeURIComponent).join("/"), base);
const loaded = new Map();

async function load(address) {
  const response = await fetch(address);
  if (response.status === 404) return {};
  if (!response.ok) throw new Error(response.statusText);
  return response.json();
}

function read(address) {
  if (!loaded.has(address.href)) {
    const promise = load(address);
    promise.catch(() => loaded.delete(address.href));
    loaded.set(address.href, promise);
  }
  return loaded.get(address.href);
}

const readAll = (names) => Promise.all(names.map((name) => read(addressOf(`search/${name}.json`))));

export function pathOf(day, title) {
  const [year, month, date] = day.split("-");
  const slug = title.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
  return `news/${year}/${month}/${Number(date)}/${slug}`;
}

function eventsOf({topics = [], events = []}) {
  return events.map(([day, path, title, positions, language]) =>
    ({day, path: path || pathOf(day, title), title, language, topics: positions.map((at) => ({slug: topics[at][0], label: topics[at][1]}))}));
}

class Search {
  constructor(text, years) {
    Object.assign(this, {query: queryOf(text), years: [...years], parts: [], found: []});
    this.isEmpty = this.query.words.length + this.query.alone.length === 0;
  }

  get isOver() {
    return this.isEmpty || this.years.length + this.parts.length + this.found.length === 0;
  }

  async step() {
    let months = 0;
    while (this.found.length < EVENTS_A_STEP && months < MOST_MONTHS_A_STEP && this.years.length + this.parts.length) {
      if (this.parts.length === 0) await this.readYears();
      months += await this.readMonths();
    }
    return this.found.splice(0, EVENTS_A_STEP);
  }

  async readYears() {
    const years = await readAll(this.years.slice(0, YEARS_A_TIME));
    this.years.splice(0, YEARS_A_TIME);
    this.parts = years.flatMap(({parts = []}) => parts)
      .filter(([, filter]) => this.query.words.every((word) => mayHave(filter, word)))
      .map(([name]) => name);
  }

  async readMonths() {
    const names = this.parts.slice(0, MONTHS_A_TIME);
    const months = await readAll(names);
    this.parts.splice(0, MONTHS_A_TIME);
    this.found.push(...months.flatMap(eventsOf).filter((event) => hasAll(event, this.query)));
    return names.length;
  }
}

async function topicsOf(text) {
  const start = folded(text.trim());
  if (!/^[\p{L}\p{N}]/u.test(start)) return [];
  const {periods: initials = []} = await read(addressOf("topics/index.json"));
  const isOf = ({url}) => {
    const initial = decodeURIComponent(url).match(/\/a-z\/([^/]+)\/$/u)?.[1];
    const sought = /^\p{Nd}/u.test(start) ? "0" : Array.from(start)[0];
    return initial !== undefined && Array.from(folded(initial))[0] === sought;
  };
  const topics = [];
  for (const {url} of initials.filter(isOf))
    for (let page = `${url}index.json`, pages = 0; page && pages < 4; pages++) {
      const {periods = [], next} = await read(new URL(page, base));
      topics.push(...periods.filter(({title}) => folded(title).startsWith(start)));
      page = next?.url.replace(/html$/, "json");
    }
  return topics.slice(0, MOST_TOPICS);
}

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function listed(event) {
  const topics = event.topics.map(({slug, label}) =>
    element("a", {href: addressOf(`topics/${slug}/`), dir: "auto"}, label));
  const title = element("a", {href: addressOf(`${event.path}.html`), dir: "auto"}, event.title);
  if (event.language) title.lang = event.language;
  const language = document.documentElement.lang;
  const day = new Date(`${event.day}T00:00:00Z`)
    .toLocaleDateString(language, {calendar: "gregory", dateStyle: "long", timeZone: "UTC"});
  return element("li", {className: "story"}, element("h2", {}, title),
    element("p", {className: "meta"}, element("time", {dateTime: event.day, dir: "auto"}, day), ...topics));
}

class Page {
  constructor(form) {
    const part = (name) => document.querySelector(`[data-search="${name}"]`);
    Object.assign(this, {form, field: form.elements.q, turn: 0});
    for (const name of ["status", "topics", "events", "more"]) this[name] = part(name);
    this.years = Array.from(document.querySelectorAll("[data-year]"), (link) => link.dataset.year);
    form.addEventListener("submit", (submission) => {
      submission.preventDefault();
      history.pushState(null, "", `?${new URLSearchParams({q: this.field.value})}`);
      this.run();
    });
    const prepare = () => readAll(this.years.slice(0, YEARS_A_TIME)).catch(() => null);
    this.field.addEventListener("input", prepare, {once: true});
    addEventListener("popstate", () => this.begin());
    this.more.addEventListener("click", () => this.show(this.search, true));
    this.begin();
  }

  begin() {
    this.field.value = new URLSearchParams(location.search).get("q") ?? "";
    this.run();
  }

  run() {
    this.events.replaceChildren();
    this.nameTopics([]);
    this.search = new Search(this.field.value, this.years);
    this.say("");
    this.more.hidden = true;
    if (!this.search.isEmpty) this.show(this.search, false);
  }

  async show(search, isMore) {
    this.say(this.form.dataset.waiting);
    try {
      const topics = isMore ? null : topicsOf(this.field.value);
      const events = await search.step();
      if (topics) await topics.then((some) => search === this.search && this.nameTopics(some));
      if (search === this.search) this.add(events, isMore);
    } catch {
      if (search === this.search) this.say(this.form.dataset.failed);
    }
  }

  add(events, isMore) {
    const items = events.map(listed);
    this.events.append(...items);
    this.more.hidden = this.search.isOver;
    const count = this.events.children.length;
    const shown = new Intl.NumberFormat(document.documentElement.lang).format(count);
    const {none, found} = this.form.dataset;
    this.say(count || !this.search.isOver ? found.replace("{count}", shown) : none);
    if (isMore) items[0]?.querySelector("a").focus();
  }

  nameTopics(topics) {
    this.topics.hidden = topics.length === 0;
    this.topics.querySelector("ul").replaceChildren(...topics.map(({title, url}) =>
      element("li", {}, element("a", {href: url, dir: "auto"}, title))));
  }

  say(text) {
    this.status.textContent = text;
  }
}

const form = globalThis.document?.querySelector("form.search");
if (form) new Page(form);
