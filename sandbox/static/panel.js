// What goes on behind the phone: the 24-hour window, the contact's fields, the webhooks.

import { byId, clock, element, weekday } from "./draw.js";

let webhooks = new Map();
let optedIn;

export function clearPanel() {
  webhooks = new Map();
  optedIn = undefined;
  byId("webhooks").replaceChildren();
}

export function drawWindow(contact) {
  const open = Boolean(contact?.window_open);
  byId("window").dataset.open = open;
  byId("window").textContent = open
    ? `Window open until ${weekday(contact.window_expires_at)}`
    : "Window closed: templates only";
}

export function drawProfile(contact) {
  byId("profile-empty").hidden = Boolean(contact);
  const fields = Object.entries(contact?.fields ?? {});
  const shown = fields.filter(([name, value]) => value !== null || name.startsWith("opted_in"));
  shown.sort(([one], [other]) => other.startsWith("opted_in") - one.startsWith("opted_in"));
  const text = JSON.stringify(shown);
  if (byId("profile").dataset.shown === text) return;
  byId("profile").dataset.shown = text;
  byId("profile").replaceChildren(...shown.flatMap(([name, value]) => row(name, value)));
  byId("opted-in").dataset.value = String(contact?.fields.opted_in ?? "");
  byId("opted-in").textContent = contact ? `opted_in ${contact.fields.opted_in}` : "Not known yet";
  announce(contact?.fields.opted_in);
}

function row(name, value) {
  const words = typeof value === "string" ? value : JSON.stringify(value);
  const data = { testid: `field-${name}`, value: words };
  return [element("dt", {}, name), element("dd", { data }, words)];
}

function announce(now) {
  if (optedIn !== undefined && now !== optedIn) {
    byId("profile-change").textContent = `The sender now holds opted_in: ${now}`;
  }
  optedIn = now ?? false;
}

export function drawWebhooks(deliveries, hook) {
  byId("webhooks-empty").hidden = deliveries.length > 0;
  if (!hook) byId("webhooks-empty").textContent = "No hook is set: POST /sandbox/hook.";
  const current = new Set(deliveries.map((delivery) => delivery.n));
  for (const [n, item] of webhooks) if (!current.has(n)) item.remove();
  webhooks = new Map([...webhooks].filter(([n]) => current.has(n)));
  for (const delivery of deliveries) {
    if (!webhooks.has(delivery.n)) add(delivery);
    update(webhooks.get(delivery.n), delivery);
  }
  drawLast(deliveries.at(-1));
}

function add(delivery) {
  const item = element("li", { data: { testid: "webhook", kind: delivery.kind } });
  const posted = element("pre", { tabIndex: 0 }, JSON.stringify(delivery.body, null, 1));
  const answered = element("pre", { tabIndex: 0, className: "answer" });
  const inside = [element("h4", {}, "Posted"), posted, element("h4", {}, "Answered"), answered];
  item.append(element("details", {}, element("summary"), ...inside));
  webhooks.set(delivery.n, item);
  byId("webhooks").prepend(item);
}

function update(item, delivery) {
  const last = delivery.attempts.at(-1);
  const state = `${delivery.state} ${delivery.attempts.length}`;
  if (item.dataset.state === state) return;
  item.dataset.state = state;
  item.querySelector("summary").replaceChildren(...summary(delivery, last));
  item.querySelector(".answer").textContent = last?.answer || last?.error || "nothing";
}

function summary(delivery, last) {
  const data = { testid: "webhook-status", state: delivery.state };
  const what = delivery.kind === "status" ? delivery.body.statuses[0].status : delivery.kind;
  const times = delivery.attempts.length > 1 ? `, attempt ${delivery.attempts.length}` : "";
  return [
    element("strong", { data }, word(last)),
    element("span", {}, what),
    element("span", { className: "when" }, last ? `${clock(last.at, true)} · ${length(last)}${times}` : ""),
  ];
}

function word(attempt) {
  if (!attempt) return "…";
  return attempt.status ? String(attempt.status) : "no answer";
}

function length(attempt) {
  return `${Math.round(attempt.seconds * 1000)} ms`;
}

function drawLast(delivery) {
  const last = byId("last-webhook");
  last.hidden = !delivery;
  if (!delivery) return;
  last.dataset.state = delivery.state;
  last.textContent = `Last: ${word(delivery.attempts.at(-1))}, ${delivery.state.replace("_", " ")}`;
}
