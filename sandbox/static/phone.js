// The phone: who holds it, what they send, and a look at the sandbox once a second.

import { get, post } from "./api.js";
import { byId, element } from "./draw.js";
import { clearPanel, drawProfile, drawWebhooks, drawWindow } from "./panel.js";
import { clearThread, drawThread } from "./thread.js";

const SOMEONE_ELSE = "someone-else";
const address = new URL(location.href);
const receipted = new Set();
let people = [];
let who = "";
let number = "";
let complained = "";

const isBsuid = (id) => /^[A-Z]{2}\./.test(id);
const me = () => people.find((person) => person.id === who);
const asSender = (id) => (isBsuid(id) ? { bsuid: id } : { from: id });

async function begin() {
  await loadPeople();
  become(address.searchParams.get("as") || people[0].id);
  if (address.searchParams.has("text")) {
    const wrong = fillIn(address.searchParams.get("to") ?? number, address.searchParams.get("text"));
    if (wrong) say(wrong);
  }
  tick();
}

async function loadPeople() {
  const answer = await get("/sandbox/phone");
  people = answer.people;
  number = answer.number;
  document.title = `${answer.organisation} · Sandbox phone`;
  byId("organisation").textContent = answer.organisation;
  byId("number").textContent = number ? `+${number}` : "";
  byId("avatar").textContent = answer.organisation.split(" ").map((word) => word[0]).join("").slice(0, 2);
}

function drawPeople() {
  const options = people.map(({ id, name, label }) => element("option", { value: id }, `${name} · ${label}`));
  options.push(element("option", { value: SOMEONE_ELSE }, "Someone else…"));
  byId("who").replaceChildren(...options);
  byId("who").value = who;
}

function become(id, name = "Someone") {
  if (!people.some((person) => person.id === id)) {
    people.push({ id, name, label: isBsuid(id) ? "number hidden" : `+${id}` });
  }
  who = id;
  const here = new URL("/", location.href);
  here.searchParams.set("as", id);
  history.replaceState(null, "", here);
  drawPeople();
  clearThread();
  clearPanel();
  refresh();
}

async function refresh() {
  const asked = who;
  const phone = await get(`/sandbox/phone/${encodeURIComponent(asked)}`);
  if (asked !== who) return;
  drawWindow(phone.contact);
  drawThread(phone.messages, tap);
  drawProfile(phone.contact);
  drawWebhooks(phone.deliveries, phone.hook);
  if (phone.messages.some(({ id, status }) => id === complained && status === "accepted")) say("");
  if (byId("receipts").checked && !document.hidden) phone.messages.forEach(receipt);
}

async function tick() {
  try {
    await refresh();
    say("", "offline");
  } catch {
    say("The sandbox does not answer.", "offline");
  }
  setTimeout(tick, 1000);
}

function receipt(message) {
  const unread = message.direction === "outbound" && ["sent", "delivered"].includes(message.status);
  if (!unread || receipted.has(message.id)) return;
  receipted.add(message.id);
  post("/sandbox/phone/status", { id: message.id, status: "read" }).catch(() => {});
}

async function send(what) {
  const forwarded = byId("forwarded").checked ? { forwarded: true } : {};
  const going = post("/sandbox/phone/send", { ...asSender(who), name: me().name, ...forwarded, ...what });
  setTimeout(refresh, 80);
  try {
    const { id, status, state } = await going;
    complained = state === "accepted" ? "" : id;
    say(complained && `The portal answered ${status || "nothing"}: ${state.replace("_", " ")}.`);
    byId("forwarded").checked = false;
  } catch (error) {
    say(`Not sent: ${error.message}`);
    if (what.text) byId("text").value ||= what.text;
  }
  refresh();
}

function sendText() {
  const text = byId("text").value.trim();
  if (!text) return;
  byId("text").value = "";
  fit();
  send({ text });
}

function tap(choice, message) {
  const { kind, ...answer } = choice;
  send({ [kind]: answer, context_id: message.id });
  byId("text").focus();
}

// Only the one who said something takes it back: "offline" is not overwritten by a poll's silence.
function say(words, by = "send") {
  const notice = byId("notice");
  if (!words && notice.dataset.by !== by) return;
  notice.textContent = words;
  notice.dataset.by = by;
}

function openLink(text) {
  const found = /^(?:https?:\/\/)?(?:wa\.me|[^/]+\/wa\.me)\/\+?(\d{5,15})\/?(\?.*)?$/u.exec(text.trim());
  if (!found) return "This is no wa.me link. It looks like https://wa.me/27820000900?text=…";
  return fillIn(found[1], new URLSearchParams(found[2] ?? "").get("text") ?? "");
}

function fillIn(to, text) {
  if (number && to !== number) return `That link opens a chat with +${to}, not with +${number}.`;
  byId("text").value = text;
  say("Filled in from the link. Press Send.");
  showDetails(false);
  fit();
  byId("text").focus();
  return "";
}

function fit() {
  const text = byId("text");
  text.style.height = "auto";
  text.style.height = `${Math.min(text.scrollHeight, 140)}px`;
}

function showDetails(shown) {
  document.body.classList.toggle("details-shown", shown);
  byId("details-toggle").setAttribute("aria-expanded", String(shown));
}

function useOther(event) {
  const given = byId("other-id").value.trim();
  const id = isBsuid(given) ? given : given.replace(/[\s+()-]/g, "");
  if (!/^([1-9]\d{4,14}|[A-Z]{2}(\.ENT)?\.[A-Za-z0-9]{1,128})$/.test(id)) {
    event.preventDefault();
    byId("other-error").textContent = "Type a number such as +27 82 000 0199, or a BSUID such as ZA.1349.";
    byId("other-id").focus();
    return;
  }
  byId("other-error").textContent = "";
  become(id, byId("other-name").value.trim() || "Someone");
}

byId("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  sendText();
});
byId("text").addEventListener("input", fit);
byId("text").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  sendText();
});
byId("words").addEventListener("click", (event) => {
  if (event.target.tagName !== "BUTTON") return;
  byId("text").value = event.target.textContent;
  fit();
  byId("text").focus();
});
byId("link-form").addEventListener("submit", (event) => {
  event.preventDefault();
  byId("link-error").textContent = openLink(byId("link").value);
});
byId("who").addEventListener("change", () => {
  if (byId("who").value !== SOMEONE_ELSE) return become(byId("who").value);
  byId("who").value = who;
  byId("other").showModal();
});
byId("other-form").addEventListener("submit", useOther);
byId("other-cancel").addEventListener("click", () => byId("other").close());
byId("details-toggle").addEventListener("click", () => {
  showDetails(true);
  byId("details-close").focus();
});
byId("details-close").addEventListener("click", () => {
  showDetails(false);
  byId("details-toggle").focus();
});

begin().catch((error) => say(`The phone could not start: ${error.message}`));
