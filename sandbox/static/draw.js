// Small helpers to build the page. Text is only ever set as text, never as markup.

const TIME = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };

export const byId = (id) => document.getElementById(id);

export function element(tag, properties = {}, ...children) {
  const { data = {}, ...rest } = properties;
  const made = Object.assign(document.createElement(tag), rest);
  Object.assign(made.dataset, data);
  made.append(...children);
  return made;
}

// Webhooks count in seconds, and so does this clock.
export function clock(seconds, withSeconds = false) {
  const style = { ...TIME, ...(withSeconds && { second: "2-digit" }) };
  return new Date(seconds * 1000).toLocaleTimeString([], style);
}

export function weekday(seconds) {
  return new Date(seconds * 1000).toLocaleString([], { weekday: "short", ...TIME });
}

export function day(seconds) {
  const style = { weekday: "long", day: "numeric", month: "long" };
  return new Date(seconds * 1000).toLocaleDateString([], style);
}

// A chat shows addresses as links; everything around them stays plain text.
export function linked(text) {
  const parts = text.split(/(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)])/u);
  return parts.map((part, place) => (place % 2 ? link(part, part) : part));
}

export function link(address, words) {
  return element("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, words);
}
