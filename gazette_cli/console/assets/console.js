// The console of the publisher: shows what arrives, what failed, and a form that the server checks.
"use strict";

const token = new URLSearchParams(location.search).get("token");
const find = (id) => document.getElementById(id);
const arrivals = new Map();
let stream = null;

function make(name, properties, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children.filter((child) => child !== null));
  return element;
}

async function ask(path, fields) {
  const options = { headers: { "X-Gazette-Token": token }, cache: "no-store" };
  if (fields) {
    options.method = "POST";
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(fields);
  }
  try {
    return await (await fetch(path, options)).json();
  } catch {
    return { error: "the console does not answer; is gazette still running?" };
  }
}

const clock = (moment) => new Date(moment).toLocaleTimeString();
const day = (moment) => new Date(moment).toLocaleString();
const seconds = (number) => (number === null ? "…" : `${number.toFixed(1)} s`);
const outside = (text, url) => make("a", { textContent: text, href: url, target: "_blank", rel: "noreferrer" });
const event = (id) => `#event/${encodeURIComponent(id)}`;

// Arrivals: each keeps its elements, so that the focus stays where it is.
function row(one) {
  const known = arrivals.get(`${one.id} ${one.number}`);
  if (known) return known;
  const parts = { done: make("span", { className: "done" }), at: make("time", {}), link: make("a", { dir: "auto" }) };
  const steps = make("dl", { className: "steps" });
  for (const name of ["Written", "Ingested", "Page", "Site feed", "Documents"]) {
    parts[name] = make("dd", {});
    steps.append(make("div", {}, make("dt", { textContent: name }), parts[name]));
  }
  parts.meta = make("p", { className: "meta" }, parts.done, parts.at, make("span", { textContent: one.id }));
  parts.element = make("li", {}, make("div", {}, make("h2", {}, parts.link), parts.meta), steps);
  arrivals.set(`${one.id} ${one.number}`, parts);
  find("arrivals-list").prepend(parts.element);
  return parts;
}

function step(element, text) {
  element.textContent = text ?? "…";
  element.className = text === null || text === "…" ? "waits" : "";
}

function showArrival(one) {
  const parts = row(one);
  parts.element.className = one.kind;
  parts.link.textContent = one.title;
  parts.link.href = event(one.id);
  parts.done.textContent = `${one.done}, revision ${one.number}`;
  parts.at.dateTime = one.published ?? "";
  parts.at.textContent = one.published ? clock(one.published) : "on its way …";
  step(parts.Written, one.put && clock(one.put));
  step(parts.Ingested, one.ingested && clock(one.ingested));
  step(parts.Page, seconds(one.page_seconds));
  step(parts["Site feed"], seconds(one.feed_seconds));
  step(parts.Documents, String(one.documents));
  parts.shown = one.published !== null;
  return parts;
}

function showArrivals(rows) {
  const isFirst = arrivals.size === 0;
  const news = [];
  for (const one of rows) {
    const wasShown = arrivals.get(`${one.id} ${one.number}`)?.shown;
    if (showArrival(one).shown && !wasShown) news.push(`${one.title}: ${one.done}, revision ${one.number}`);
  }
  if (news.length && !isFirst) find("news").textContent = news.join("; ");
  find("arrivals-empty").hidden = arrivals.size > 0;
  const open = location.hash.startsWith("#event/") && decodeURIComponent(location.hash.slice(7));
  if (rows.some((one) => one.id === open)) showEvent(open);
}

// A browser opens few connections to one server, so only the tabs that can be seen have one.
function connect() {
  stream?.close();
  stream = null;
  if (document.hidden) return;
  stream = new EventSource(`stream?token=${encodeURIComponent(token)}`);
  const live = (text) => {
    find("live").textContent = text;
    find("live").classList.toggle("on", text === "live");
  };
  stream.onopen = () => live("live");
  stream.onerror = () => live("connecting again …");
  stream.addEventListener("arrivals", (message) => showArrivals(JSON.parse(message.data)));
  stream.addEventListener("attention", showAttention);
}

// One event.
async function showEvent(id) {
  const found = await ask(`event.json?id=${encodeURIComponent(id)}`);
  find("event-title").textContent = found.title ?? id;
  find("event-state").textContent = found.error ?? [`${found.id}: ${found.state}`, found.reason].filter(Boolean).join("; ");
  const change = (text, purpose) => make("a", { className: "button", textContent: text, href: `#write/${purpose}/${encodeURIComponent(id)}` });
  const isLive = found.state === "published" || found.state === "held";
  find("event-actions").replaceChildren(
    ...(found.error ? [] : isLive
      ? [change("Update", "edit"), change("Correct", "correct"), change("Retract", "retract")]
      : [change(found.state === "withdrawn" ? "Restore" : "Write again", found.state === "withdrawn" ? "restore" : "again")]),
  );
  find("event-links").replaceChildren(...(found.links ?? []).map((link) => make("li", {}, outside(link.text, link.url))));
  find("event-revisions").replaceChildren(...(found.revisions ?? []).map((one) => make("li", { className: one.kind },
    make("p", { className: "meta" }, make("span", { className: "done", textContent: `Revision ${one.number}: ${one.kind}` }), make("time", { dateTime: one.at, textContent: day(one.at) })),
    make("p", { className: "title", dir: "auto" }, outside(one.title, one.page)),
    one.note ? make("p", { className: "text", dir: "auto", textContent: one.note }) : null,
    make("p", {}, make("code", { textContent: `sha256 ${one.sha256}` })))));
}

// The form.
const form = () => find("form").elements;

function fill(fields) {
  for (const element of form()) if (element.name && element.name !== "do") element.value = fields[element.name] ?? "";
  form().id.readOnly = Boolean(fields.base);
  find("more").open = Boolean(fields.other || fields.published);
  find("write-title").textContent = fields.base ? `Write ${fields.id}` : "Write an event";
  find("preview").hidden = true;
  find("outcome").replaceChildren();
  showProblems([]);
}

const given = () => Object.fromEntries([...form()].filter((one) => one.name && one.name !== "do").map((one) => [one.name, one.value]));

async function load(purpose, id) {
  const found = await ask(`form.json?id=${encodeURIComponent(id)}&for=${purpose}`);
  fill(found.form ?? {});
  if (found.error) showProblems([{ field: "id", path: "", reason: found.error }]);
}

function showProblems(problems) {
  for (const wrong of document.querySelectorAll(".wrong")) wrong.textContent = "";
  for (const element of form()) element.removeAttribute("aria-invalid");
  for (const one of problems) {
    const wrong = find(`e-${one.field}`);
    wrong.textContent = [wrong.textContent, one.reason].filter(Boolean).join("; ");
    form()[one.field].setAttribute("aria-invalid", "true");
    if (find("more").contains(wrong)) find("more").open = true;
  }
  const listed = problems.map((one) => {
    const link = make("a", { href: `#f-${one.field}`, textContent: `${one.path || one.field}: ${one.reason}` });
    link.addEventListener("click", (click) => { click.preventDefault(); form()[one.field].focus(); });
    return make("li", {}, link);
  });
  find("summary").hidden = problems.length === 0;
  find("summary").replaceChildren(...(problems.length ? [make("p", { textContent: "This is not published yet:" }), make("ul", {}, ...listed)] : []));
  if (problems.length) find("summary").focus();
}

function say(...children) {
  find("outcome").replaceChildren(make("p", { className: "outcome" }, ...children));
}

async function preview() {
  const found = await ask("preview.json", given());
  if (found.error) return say(found.error);
  find("outcome").replaceChildren();
  showProblems(found.problems);
  find("json").textContent = found.json;
  find("preview").hidden = found.problems.length > 0;
  if (found.problems.length) return;
  find("key").textContent = found.key;
  find("page").srcdoc = found.page;
  find("remarks").replaceChildren(...found.remarks.map((text) => make("li", { textContent: text })));
  find("preview-title").focus();
}

async function publish() {
  say("Publishing …");
  const found = await ask("publish.json", given());
  if (found.error) return say(found.error);
  showProblems(found.problems);
  find("outcome").replaceChildren();
  if (found.problems.length) return;
  const next = [make("a", { href: event(found.id), textContent: "Its revisions" })];
  if (found.page) next.unshift(outside("Its page", found.page), " · ");
  const texts = {
    published: `Published after ${seconds(found.seconds)}: ${found.kind}, revision ${found.number}. `,
    unchanged: `There is nothing new; revision ${found.number} stays. `,
  };
  const text = texts[found.outcome] ?? `${found.outcome}: ${found.reason}. `;
  await load("again", found.id);
  form().kind.value = form().note.value = "";
  say(text, ...next);
}

find("form").addEventListener("submit", async (submit) => {
  submit.preventDefault();
  const button = submit.submitter ?? form().do[0];
  if (button.getAttribute("aria-disabled")) return;
  button.setAttribute("aria-disabled", "true");
  await (button.value === "publish" ? publish() : preview());
  button.removeAttribute("aria-disabled");
});
find("clear").addEventListener("click", () => {
  if (location.hash === "#write") fill({});
  else location.hash = "#write";
  form().title.focus();
});

// What needs attention.
function list(id, items, show) {
  const nothing = make("li", { className: "nothing", textContent: "Nothing." });
  find(id).replaceChildren(...(items.length ? items.map(show) : [nothing]));
}

// Many arrivals in a short time are one question, and one more after its answer.
let isAsking = false;
let isOutdated = false;

async function showAttention() {
  isOutdated = true;
  if (isAsking) return;
  isAsking = true;
  while (isOutdated) {
    isOutdated = false;
    const found = await ask("attention.json");
    if (!found.error) listAttention(found);
  }
  isAsking = false;
}

function listAttention(found) {
  const counts = found.quarantined.length + found.failed.length;
  find("count").textContent = counts ? `(${counts})` : "";
  find("count").parentElement.classList.toggle("some", counts > 0);
  const title = (text) => make("p", { className: "title", textContent: text });
  const why = (field, reason, remedy) => make("li", {}, field ? make("b", { textContent: `${field} ` }) : null, reason, remedy ? make("span", { className: "remedy", textContent: `; ${remedy}` }) : null);
  list("quarantined", found.quarantined, (one) => make("li", {}, title(one.key), make("p", { className: "meta", textContent: day(one.at) }),
    make("ul", { className: "reasons" }, ...one.problems.map((problem) => why(problem.field, problem.reason, problem.remedy))),
    one.id ? make("a", { className: "button", href: `#write/again/${encodeURIComponent(one.id)}`, textContent: "Write again" }) : null));
  list("held", found.held, (one) => make("li", {}, make("p", { className: "title" }, make("a", { href: event(one.id), textContent: one.id })),
    make("p", { className: "meta" }, "public on ", make("time", { dateTime: one.release, textContent: day(one.release) }))));
  list("failed", found.failed, (one) => make("li", {}, title(`${one.kind}: ${one.subject}`), make("p", { className: "meta", textContent: day(one.at) }), make("p", { textContent: one.reason }),
    one.can_be_replayed ? replayButton(one) : null));
  list("retried", found.retried, (one) => make("li", {}, title(one.subject), make("p", { className: "meta", textContent: day(one.at) }), make("p", { textContent: one.reason })));
}

function replayButton(one) {
  const button = make("button", { type: "button", className: "button", textContent: "Replay" });
  button.addEventListener("click", async () => {
    button.setAttribute("aria-disabled", "true");
    const found = await ask("replay.json", { name: one.name });
    const problem = found.error ?? found.problem;
    find("replayed").replaceChildren(make("p", { className: "outcome", textContent: `${one.subject}: ${problem || "replayed"}` }));
    find("attention-title").focus();
    showAttention();
  });
  return button;
}

// Views.
async function route() {
  const asked = location.hash;
  const [view, ...rest] = (location.hash.slice(1) || "arrivals").split("/").map(decodeURIComponent);
  if (!document.querySelector(`[data-view="${CSS.escape(view)}"]`)) return;
  if (view === "event") await showEvent(rest[0]);
  if (view === "write") await (rest.length > 1 ? load(rest[0], rest[1]) : fill({}));
  if (view === "attention") find("replayed").replaceChildren();
  if (location.hash !== asked) return; // another view was asked for meanwhile
  for (const section of document.querySelectorAll("[data-view]")) section.hidden = section.dataset.view !== view;
  for (const link of document.querySelectorAll(".sections a")) {
    if (link.hash === `#${view}` || (view === "event" && link.hash === "#arrivals")) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.title = `${find(`${view}-title`).textContent}: console`;
  find(`${view}-title`).focus();
}

addEventListener("hashchange", route);
document.addEventListener("visibilitychange", connect);
addEventListener("pagehide", () => stream?.close());
route();
connect();
