// The conversation: bubbles are added as messages come; what is there only changes its ticks.

import { byId, clock, day, element, link, linked } from "./draw.js";

const MARKS = {
  sending: ["◷", "Sending"],
  accepted: ["✓✓", "Delivered to the portal"],
  refused: ["✕", "Refused by the portal"],
  retrying: ["↻", "Not delivered, trying again"],
  given_up: ["✕", "Not delivered"],
  sent: ["", "Sent"],
  delivered: ["", "Delivered"],
  read: ["", "Read"],
  failed: ["✕", "Failed"],
};

let drawn = new Map();

export function clearThread() {
  drawn = new Map();
  byId("thread").replaceChildren();
}

export function drawThread(messages, onTap) {
  const stale = [...drawn.keys()].some((n) => !messages.some((message) => message.n === n));
  if (stale) clearThread();
  const scroller = byId("scroller");
  const atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80;
  let before = null;
  let added = false;
  for (const message of messages) {
    if (!drawn.has(message.n)) {
      append(message, before, onTap);
      added = true;
    }
    mark(drawn.get(message.n), message);
    before = message;
  }
  byId("empty").hidden = messages.length > 0;
  if (added && (atEnd || before.direction === "inbound")) scroller.scrollTop = scroller.scrollHeight;
}

function append(message, before, onTap) {
  const thread = byId("thread");
  if (!before || day(before.at) !== day(message.at)) {
    thread.append(element("li", { className: "day" }, day(message.at)));
  }
  const item = bubble(message, onTap);
  drawn.set(message.n, item);
  thread.append(item);
}

function bubble(message, onTap) {
  const mine = message.direction === "inbound";
  const data = { testid: "message", direction: message.direction, id: message.id };
  const item = element("li", { className: mine ? "mine" : "theirs", data });
  const body = element("div", { className: "bubble" });
  body.append(element("span", { className: "hidden" }, mine ? "You: " : "Organisation: "));
  if (message.forwarded) body.append(element("p", { className: "forwarded" }, "↪ Forwarded"));
  body.append(element("p", { className: "words-said", dir: "auto" }, ...linked(message.text)));
  body.append(foot(message));
  item.append(body, ...choices(message, onTap));
  return item;
}

function foot(message) {
  const time = new Date(message.at * 1000).toISOString();
  return element(
    "p",
    { className: "foot-note" },
    element("time", { dateTime: time }, clock(message.at)),
    element("span", { className: "mark", data: { testid: "tick" } }),
  );
}

function choices(message, onTap) {
  if (!message.choices.length) return [];
  const group = element("div", { className: "choices" });
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", "Answers");
  group.append(...message.choices.map((choice) => choiceButton(choice, message, onTap)));
  return [group];
}

function choiceButton(choice, message, onTap) {
  if (choice.kind === "link") return link(choice.url, choice.title);
  const button = element("button", { type: "button", data: { testid: "reply", reply: choice.id } });
  button.append(element("span", { dir: "auto" }, choice.title));
  if (choice.description) button.append(element("small", { dir: "auto" }, choice.description));
  button.addEventListener("click", () => onTap(choice, message));
  return button;
}

function mark(item, message) {
  if (item.dataset.status === message.status) return;
  item.dataset.status = message.status;
  const [sign, words] = MARKS[message.status] ?? ["", message.status];
  const shown = element("span", { className: sign ? "hidden" : "" }, words);
  item.querySelector(".mark").replaceChildren(sign, shown);
  item.querySelector(".mark").title = words;
}
