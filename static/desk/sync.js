"use strict";
// Asks the server, and brings it what waits.
const server = (() => {
  const data = JSON.parse(document.getElementById("data").textContent);

  class Problem extends Error {
    constructor(message, status) { super(message); this.status = status; }
  }

  function cookie(name) {
    const found = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`));
    return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
  }

  async function ask(what, body) {
    const answer = await fetch(data.addresses[what], {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": cookie("csrftoken") },
      body: JSON.stringify(body),
    });
    const said = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Problem(said.problem || "The server could not take this.", answer.status);
    return said;
  }

  // Up to this many codes wait for each channel.
  async function fillStock(channel, user) {
    const own = await device.forOrganisation(channel.organisation.slug, user);
    const held = (await store.all("codes")).filter((row) => row.device === own.id && row.channel === channel.slug);
    const now = new Date().toISOString();
    for (const row of held.filter((each) => each.expires_at <= now)) await store.remove("codes", row.code);
    const have = held.filter((each) => each.expires_at > now).length;
    if (have > data.stock / 2) return;
    const { codes } = await ask("stock", { device: own.id, channel: channel.slug, have });
    for (const row of codes) await store.put("codes", { ...row, device: own.id, channel: channel.slug });
  }

  // Brings what waits, device by device. What the server has leaves the queue; what it refuses stays, with why.
  async function upload() {
    const waiting = (await store.all("entries")).filter((row) => row.state === "waiting");
    const uploaded = [];
    for (const id of new Set(waiting.map((row) => row.device))) {
      const rows = waiting.filter((row) => row.device === id).slice(0, 50);
      const body = { device: id, now: new Date().toISOString(), entries: rows.map(({ entry, signature }) => ({ entry, signature })) };
      let outcomes;
      try {
        outcomes = (await ask("entries", body)).outcomes;
      } catch (problem) {
        if (problem.status !== 422) throw problem;
        outcomes = rows.map(() => ({ outcome: "refused", why: problem.message }));
      }
      for (const [place, said] of outcomes.entries()) {
        if (said.outcome === "recorded") {
          await store.remove("entries", rows[place].id);
          uploaded.push(rows[place]);
        } else {
          await store.put("entries", { ...rows[place], state: "refused", why: said.why });
        }
      }
    }
    return uploaded;
  }

  return { data, ask, fillStock, upload };
})();
