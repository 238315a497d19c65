"use strict";
// The installed page: shows the script, writes captures down, and says truly what the server has.
(() => {
  const { data } = server;
  const at = (id) => document.getElementById(id);
  const done = []; // uploaded since the page was opened
  let busy = false;

  const element = (name, attributes = {}, ...children) => {
    const made = Object.assign(document.createElement(name), attributes);
    made.append(...children);
    return made;
  };

  // Form

  const channel = () => data.channels.find((each) => each.slug === at("channel").value);
  const script = () => channel().scripts.find((each) => each.language === at("language").value) || channel().scripts[0];

  function options(select, rows) {
    select.replaceChildren(...rows.map(([value, label]) => element("option", { value, textContent: label })));
  }

  function showChannel() {
    const chosen = channel();
    const before = at("language").value;
    options(at("language"), chosen.scripts.map((each) => [each.language, each.name]));
    if (chosen.scripts.some((each) => each.language === before)) at("language").value = before;
    options(at("source"), [["", "None in particular"], ...chosen.sources.map((each) => [each.code, each.label])]);
    at("source-field").hidden = !chosen.sources.length;
    at("number-field").hidden = !chosen.asks_number;
    at("number-label").textContent = `Their WhatsApp number${chosen.needs_number ? "" : " (if they like)"}`;
    at("noted-label").textContent = chosen.label;
    at("noted-hint").textContent = `For example ${chosen.example}. Not their name, nor their number.`;
    showScript();
  }

  function showScript() {
    const { language: lang, direction: dir, title, paragraphs, purposes } = script();
    const title_ = element("p", { className: "title", textContent: title });
    at("script").replaceChildren(title_, ...paragraphs.map((text) => element("p", { textContent: text })));
    Object.assign(at("script"), { lang, dir });
    at("purposes").replaceChildren(...purposes.map(({ key, line }) => {
      const box = element("input", { type: "checkbox", name: "purposes", value: key });
      return element("label", { className: "tick", lang, dir }, box, element("span", { textContent: line }));
    }));
  }

  function wrong(id, is) {
    at(`${id}-error`).hidden = !is;
    if (at(id).matches("input")) at(id).setAttribute("aria-invalid", is);
    return is;
  }

  function filled() {
    const chosen = channel();
    const purposes = [...document.querySelectorAll("[name=purposes]:checked")].map((box) => box.value);
    const noted = at("noted").value.trim();
    const number = chosen.asks_number ? at("number").value.trim() : "";
    const digits = (number.match(/\p{Nd}/gu) || []).length;
    const problems = [
      wrong("purposes", !purposes.length) && document.querySelector("[name=purposes]"),
      wrong("noted", !noted) && at("noted"),
      wrong("number", number ? digits < 7 || digits > 17 : chosen.needs_number) && at("number"),
    ].filter(Boolean);
    if (problems.length) { problems[0].focus(); return null; }
    return { purposes, noted, number };
  }

  async function capture() {
    const said = filled();
    if (!said) return;
    const chosen = channel();
    const shown = script();
    const own = await device.known(chosen.organisation.slug, data.user);
    const now = new Date().toISOString();
    const stock = await store.all("codes");
    const code = own && stock.find((row) => row.device === own.id && row.channel === chosen.slug && row.expires_at > now);
    if (!code) { tell("There is no code left for this channel. Go online for a moment to fetch more."); return; }
    const id = crypto.randomUUID();
    const entry = JSON.stringify({
      id, code: code.code, channel: chosen.slug, version: shown.version, language: shown.language,
      source: at("source").value, captured_at: now, ...said,
    });
    const signature = await device.sign(own, entry);
    await store.useCode({ id, code: code.code, device: own.id, entry, signature, state: "waiting", captured_at: now, channel: chosen.name });
    hand(code, shown, chosen);
    await refresh();
    await sync();
  }

  function hand(code, shown, chosen) {
    tell("");
    at("yes").textContent = shown.yes;
    at("yes").lang = shown.language;
    at("code").textContent = `${code.code.slice(0, 4)} ${code.code.slice(4)}`;
    at("sender").textContent = chosen.sender;
    const drawn = new DOMParser().parseFromString(code.qr.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"'), "image/svg+xml");
    at("qr").replaceChildren(document.importNode(drawn.documentElement, true));
    show(true);
  }

  function show(isHanded) {
    at("capture").hidden = isHanded;
    at("handed").hidden = !isHanded;
    at("heading").textContent = isHanded ? "Now they send this from their own WhatsApp" : "Collect without a connection";
    at("heading").focus();
    window.scrollTo(0, 0);
  }

  function nextPerson() {
    at("code").textContent = "";
    at("qr").replaceChildren();
    at("number").value = "";
    showScript(); // unticks
    show(false);
  }

  // What waits

  function tell(text) {
    at("problem").textContent = text;
    at("problem").hidden = !text;
  }

  const badge = (row) => ({
    waiting: ["wait", "Waiting"], refused: ["bad", `Refused: ${row.why}`], uploaded: ["good", "With the server"],
  })[row.state];

  function line(row) {
    const [tone, words] = badge(row);
    const time = new Date(row.captured_at).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
    const item = element("li", {}, element("span", { textContent: `${row.channel}, ${time}` }), element("span", { className: `badge ${tone}`, textContent: words }));
    if (row.state === "refused") {
      const drop = element("button", { className: "plain", type: "button", textContent: "Remove" });
      drop.addEventListener("click", () => store.remove("entries", row.id).then(refresh));
      item.append(drop);
    }
    return item;
  }

  async function refresh() {
    const entries = await store.all("entries");
    const waiting = entries.filter((row) => row.state === "waiting").length;
    const own = channel() && (await device.known(channel().organisation.slug, data.user));
    const codes = (await store.all("codes")).filter((row) => own && row.device === own.id && row.channel === channel().slug);
    at("count").textContent = waiting ? `${waiting} waiting` : "Nothing waiting";
    at("count").className = `badge ${waiting ? "wait" : "good"}`;
    at("stock").textContent = `${codes.length} codes in stock`;
    at("stock").className = `badge ${codes.length ? "" : "bad"}`;
    at("empty").hidden = entries.length + done.length > 0;
    at("queue").replaceChildren(...entries.concat(done).map(line));
  }

  function online(is, words) {
    at("line").textContent = words || (is ? "Online" : "Offline");
    at("line").className = `badge ${is ? "good" : "wait"}`;
  }

  async function sync() {
    if (busy) return;
    busy = true;
    try {
      done.push(...(await server.upload()).map((row) => ({ ...row, state: "uploaded" })));
      for (const each of data.channels) await server.fillStock(each, data.user);
      online(true);
    } catch (problem) {
      if (problem.status === 401 || problem.status === 403) online(false, "Signed out: sign in to upload");
      else if (problem.status) { online(true); tell(problem.message); }
      else online(false);
    } finally {
      busy = false;
    }
    await refresh();
  }

  // Beginning

  async function begin() {
    if (!data.channels.length) { tell("There is no channel for you yet."); return; }
    options(at("channel"), data.channels.map((each) => [each.slug, `${each.organisation.name}: ${each.name}`]));
    showChannel();
    at("capture").hidden = false;
    at("channel").addEventListener("change", () => { showChannel(); refresh(); });
    at("language").addEventListener("change", showScript);
    at("capture").addEventListener("submit", (event) => {
      event.preventDefault();
      capture().catch((problem) => tell(`This was not kept: ${problem.message}`));
    });
    at("next").addEventListener("click", nextPerson);
    at("upload").addEventListener("click", sync);
    window.addEventListener("online", sync);
    window.addEventListener("offline", () => online(false));
    setInterval(sync, 30000);
    await refresh();
    await navigator.serviceWorker.register(data.addresses.worker, { scope: data.addresses.worker.replace(/[^/]*$/, "") });
    if (navigator.storage && navigator.storage.persist) navigator.storage.persist();
    await sync();
  }

  begin().catch((problem) => tell(`This browser cannot collect offline: ${problem.message}`));
})();
