// Makes pages live: puts in place what the server draws, posts forms without a reload, keeps times true.
// Everything works without it. An element with data-live names an event stream; its events are
// "fragment" {"target": "#id", "html": "..."} and "beat" (anything, at least every ten seconds).
"use strict";

const STALE_AFTER = 20; // seconds
const SCROLLS = ".scroller, .tall, .pin-body";
const drawn = new WeakMap(); // element → the HTML that the server sent for it, before anything here touched it
const late = new Map(); // target → HTML that came while somebody was writing in it, or held a button down
let held = false; // between down and up of a press nothing moves away from under it
const $ = (id) => document.getElementById(id);
const mark = (id) => `#${CSS.escape(id)}`;
const sentHtml = (el) => drawn.get(el) ?? el.outerHTML;

const all = (root, what) => [...root.querySelectorAll(what)];
const show = (el, words) => { if (el.textContent !== words) el.textContent = words; };
const remember = (root) => [root, ...all(root, "[data-part], [data-list] > [id]")].forEach((el) => drawn.set(el, el.outerHTML));

// Somebody is writing in it, or has and did not send it yet: it stays as it is.
function busy(el) {
  const on = document.activeElement;
  const typing = el.contains(on) && on.matches("input:not([type=hidden]), textarea, select") && !on.closest("[data-sent]");
  return typing || el.querySelector("form[data-dirty]:not([data-sent])") !== null;
}

function put(old, next) {
  if (sentHtml(old) === next.outerHTML) return true;
  if (old.matches("[data-list]")) return putList(old, next);
  if (busy(old)) return false;
  remember(next);
  const restore = state(old);
  const answered = old.querySelector("[data-sent]");
  old.replaceWith(next);
  restore(next);
  enhance(next);
  if (answered) next.querySelector(".is-wrong :is(input, textarea, select)")?.focus();
  return true;
}

function putList(old, next) {
  const keep = new Set([...next.children].map((c) => c.id));
  for (const child of [...old.children]) if (!keep.has(child.id) && !busy(child)) child.remove();
  let [at, done] = [old.firstElementChild, true];
  for (const child of [...next.children]) {
    const mine = child.id ? old.querySelector(`:scope > ${mark(child.id)}`) : null;
    if (mine) {
      at = mine.nextElementSibling;
      done = put(mine, child) && done;
    } else {
      remember(child);
      old.insertBefore(child, at);
      enhance(child);
    }
  }
  drawn.set(old, "");
  return done;
}

function way(el) {
  if (el.matches("summary")) return `${mark(el.parentElement.id)} > summary`;
  return el.id ? mark(el.id) : `[name="${CSS.escape(el.name ?? "")}"][value="${CSS.escape(el.value ?? "")}"]`;
}

// What the reader opened stays open, what they scrolled stays scrolled, where they stood they stand.
function state(old) {
  const opened = all(old, "details[id]").map((d) => [d.id, d.open]);
  const scrolls = [old, ...all(old, SCROLLS)].map((el) => [el.scrollLeft, el.scrollTop]);
  const path = old.contains(document.activeElement) ? way(document.activeElement) : null;
  return (next) => {
    for (const [id, open] of opened) next.querySelector(mark(id))?.toggleAttribute("open", open);
    [next, ...all(next, SCROLLS)].forEach((el, i) => { if (scrolls[i]) [el.scrollLeft, el.scrollTop] = scrolls[i]; });
    if (path) next.querySelector(path)?.focus({ preventScroll: true });
  };
}

// One fragment: a conversation stays where its reader is. It goes to the answer of what they just did, and from its
// end it follows what is new, but never past a message that nobody has seen.
function swap(target, html) {
  const old = document.querySelector(target);
  const next = new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
  if (!old || !next) return;
  if (held) return void late.set(target, html);
  const log = old.closest("[data-log]");
  const [from, tall] = log ? [log.scrollTop, log.scrollHeight] : [0, 0];
  const had = new Set(log && all(log, ".message").map((m) => m.id));
  if (put(old, next)) late.delete(target);
  else late.set(target, html);
  if (!log) return;
  const fresh = all(log, ".message").filter((m) => !had.has(m.id));
  const answered = showAnswer(log, fresh);
  if (!answered && !fresh.length) return;
  if (!answered && from > -40) showFrom(log, fresh[0]);
  else if (!answered) log.scrollTop = from - (log.scrollHeight - tall);
  $("newest").hidden = seen(log);
}

// Whether the last message has come into sight.
const seen = (log) => log.querySelector(".messages").lastElementChild.getBoundingClientRect().top < log.getBoundingClientRect().bottom - 40;

// The log rests at its end by itself; what is taller than the log is shown from its beginning.
function showFrom(log, first) {
  const end = log.querySelector(".messages").getBoundingClientRect().bottom;
  if (first && end - first.getBoundingClientRect().top > log.clientHeight) first.scrollIntoView({ block: "start" });
}

// What somebody just did here, until its answer is seen: the message that changes by it, or a new one. Another new
// one may come in between, so a form is waited for a little longer.
let asked = null;

function ask(form) {
  const { message, place } = Object.fromEntries(new FormData(form));
  const sent = form.matches(".form");
  const answer = sent ? mark(`m-${message}`) : place === "dm" ? ".by-bot" : ".by-bot.private";
  asked = place && form.closest("main") ? { answer, sent, until: Infinity } : null;
}

function showAnswer(log, fresh) {
  if (!asked || Date.now() > asked.until) return false;
  const maybe = asked.sent ? all(log, asked.answer) : fresh.filter((m) => m.matches(asked.answer));
  const found = maybe.find((m) => m.querySelector(".form")) ?? maybe.at(-1);
  if (!found) return false;
  found.scrollIntoView({ block: found.offsetHeight > log.clientHeight ? "start" : "nearest" });
  const field = asked.sent ? null : found.querySelector(".form :is(input:not([type=hidden]), textarea, select)");
  field?.focus({ preventScroll: true });
  if (field || asked.sent) asked = null;
  return true;
}

const catchUp = () => setTimeout(() => [...late].forEach(([target, html]) => swap(target, html)));

// Times: told by the server's clock, in the reader's zone.
let skew = 0;
function span(seconds) {
  const minutes = Math.floor(Math.abs(seconds) / 60);
  if (minutes < 120) return minutes ? `${minutes} min` : "less than a minute";
  const hours = Math.floor(minutes / 60);
  if (minutes >= 2880) return `${Math.floor(hours / 24)} days` + (hours % 24 ? ` ${hours % 24} h` : "");
  return `${hours} h` + (minutes % 60 ? ` ${minutes % 60} min` : "");
}

function tellTimes(root) {
  for (const el of all(root, "time[data-relative]")) {
    const away = (Date.parse(el.dateTime) - Date.now() - skew) / 1000;
    show(el, away > 0 ? `in ${span(away)}` : `${span(away)} ${el.dataset.relative}`);
  }
}

function localTime(el) {
  const at = new Date(el.dateTime);
  const today = new Date();
  const day = at.toDateString() === today.toDateString() ? {} : { weekday: "short", day: "numeric", month: "short" };
  if (at.getFullYear() !== today.getFullYear()) day.year = "numeric";
  el.textContent = at.toLocaleString([], { ...day, hour: "2-digit", minute: "2-digit", timeZoneName: "short" });
  el.title = Intl.DateTimeFormat().resolvedOptions().timeZone;
}

// Forms
function enhance(root) {
  all(root, "time[data-time]").forEach(localTime);
  for (const el of all(root, "[data-sieve], [data-copy]")) el.hidden = false;
  tellTimes(root);
}

function sift(field) {
  const wanted = field.value.trim().toLowerCase();
  for (const choice of $(field.dataset.sieve).children) {
    const words = `${choice.textContent} ${choice.dataset.words ?? ""}`.toLowerCase();
    choice.hidden = !words.includes(wanted);
  }
}

function copy(button) {
  const words = (row) => [...row.cells].map((cell) => cell.innerText.replace(/\s+/g, " ").trim()).join("\t");
  const text = [...$(button.dataset.copy).rows].map(words).join("\n");
  navigator.clipboard.writeText(text).then(() => show(button, "Copied"), () => show(button, "Could not copy"));
}

async function post(form, button) {
  const body = new URLSearchParams(new FormData(form, button));
  const how = { method: "POST", body, redirect: "manual", headers: { Accept: "application/json" } };
  const answer = await fetch(form.getAttribute("action"), how);
  if (answer.ok || answer.type === "opaqueredirect") return "";
  const said = await answer.json().catch(() => ({}));
  return typeof said.error === "string" ? said.error : `That did not go through (${answer.status}). Nothing was changed.`;
}

async function quick(event) {
  const form = event.target;
  if (!form.matches("[data-quick]")) return;
  event.preventDefault();
  if (form.classList.contains("is-sending")) return;
  form.classList.add("is-sending");
  form.dataset.sent = "";
  ask(form);
  const pinned = form.closest("#pinned");
  const wrong = await post(form, event.submitter).catch(() => "The server can't be reached. Nothing was sent; try again.");
  form.classList.remove("is-sending");
  if ($("notice")) Object.assign($("notice"), { textContent: wrong, hidden: !wrong });
  delete form.dataset[wrong ? "sent" : "dirty"];
  if (wrong) asked = null;
  if (asked) asked.until = Date.now() + 5000;
  if (wrong) return;
  for (const sure of all(form, "details.sure[open]")) sure.open = false;
  if (pinned) for (const card of all(document, "#pinned > [open]")) card.open = false; // the answer stands below it
  if ("clear" in form.dataset) form.reset();
  if (source?.readyState !== EventSource.OPEN) return location.reload();
  catchUp();
}

// The stream
let [source, heard, lost] = [null, Date.now(), 0]; // lost: since when there is no connection

function hear({ type, data }) {
  [heard, lost] = [Date.now(), 0];
  pulse();
  if (type !== "fragment") return;
  const { target, html } = JSON.parse(data);
  swap(target, html);
}

function listen(address) {
  source = new EventSource(address);
  for (const name of ["open", "beat", "fragment"]) source.addEventListener(name, hear);
  source.addEventListener("error", () => {
    lost ||= Date.now();
    pulse();
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 3000, address);
  });
}

function pulse() {
  const silent = (Date.now() - heard) / 1000;
  const stale = lost || silent > STALE_AFTER;
  const since = new Date(lost || heard).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
  show($("pulse"), stale ? `No connection since ${since}` : "Live");
  show($("pulse-said"), stale ? "Connection lost: what you see may be old." : "");
  $("pulse").hidden = false;
  $("pulse").classList.toggle("is-stale", Boolean(stale));
}

for (const moved of ["pointerdown", "wheel", "touchmove", "keydown"]) {
  document.addEventListener(moved, () => { held = moved === "pointerdown"; asked = null; }, { capture: true, passive: true });
}
for (const done of ["pointerup", "pointercancel"]) {
  document.addEventListener(done, () => { held = false; catchUp(); }, { capture: true, passive: true });
}
document.addEventListener("submit", quick);
document.addEventListener("focusout", catchUp);
document.addEventListener("input", ({ target }) => {
  if (target.matches("[data-sieve]")) return sift(target);
  const form = target.closest("form[data-quick]");
  if (!form) return;
  form.dataset.dirty = "";
  delete form.dataset.sent;
});
document.addEventListener("click", ({ target }) => {
  if (target.matches("[data-copy]")) copy(target);
  if (target.closest("#newest")) log.scrollTop = 0;
});
const log = document.querySelector("[data-log]");
const { live, now } = document.querySelector("[data-now]")?.dataset ?? {};
if (now) skew = Date.parse(now) - Date.now();
remember(document.body);
enhance(document);
if (log && !location.hash) showFrom(log, log.querySelector(".message:last-child"));
log?.addEventListener("scroll", () => { if (seen(log)) $("newest").hidden = true; }, { passive: true });
if (live) { listen(live); setInterval(pulse, 1000); }
setInterval(tellTimes, 5000, document);
