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

  // One that the server cannot take holds up no other. Without a connection, or signed out, none can go.
  async function each(items, work) {
    const troubles = new Set();
    for (const item of items) {
      try {
        await work(item);
      } catch (problem) {
        if (!problem.status || problem.status === 401 || problem.status === 403) throw problem;
        troubles.add(problem.message);
      }
    }
    return [...troubles];
  }

  // Brings what waits of one device. What the server has leaves the queue; what it refuses stays, with why.
  async function bring(id, rows, uploaded) {
    const body = { device: id, now: new Date().toISOString(), entries: rows.map(({ entry, signature }) => ({ entry, signature })) };
    const { outcomes } = await ask("entries", body);
    for (const [place, said] of outcomes.entries()) {
      if (said.outcome === "recorded") {
        await store.remove("entries", rows[place].id);
        uploaded.push(rows[place]);
      } else {
        await store.put("entries", { ...rows[place], state: "refused", why: said.why });
      }
    }
  }

  // Returns what is wrong with a device: its entries were not looked at, and go on waiting.
  async function upload(uploaded) {
    const waiting = (await store.all("entries")).filter((row) => row.state === "waiting");
    const devices = new Set(waiting.map((row) => row.device));
    return each(devices, (id) => bring(id, waiting.filter((row) => row.device === id).slice(0, 50), uploaded));
  }

  // Returns why a channel gets no codes.
  const fillStocks = (channels, user) => each(channels, (channel) => fillStock(channel, user));

  return { data, ask, fillStocks, upload };
})();
