"use strict";
// The installed page: shows the script, writes captures down, and says truly what the server has.
(() => {
  const { data } = server;
  const { at, element, options, tell } = page;
  const open = data.channels.filter((each) => each.scripts.length); // without wording there is nothing to read out
  const done = []; // uploaded since the page was opened
  let busy = false;
  let trouble = ""; // what the last upload told

  // Form

  const channel = () => open.find((each) => each.slug === at("channel").value);
  const script = () => channel().scripts.find((each) => each.language === at("language").value) || channel().scripts[0];

  function showChannel() {
    const chosen = channel();
    const before = at("language").value;
    options(at("language"), chosen.scripts.map((each) => [each.language, each.name]));
    if (chosen.scripts.some((each) => each.language === before)) at("language").value = before;
    options(at("source"), [["", "None in particular"], ...chosen.sources.map((each) => [each.code, each.label])]);
    at("source-field").hidden = !chosen.sources.length;
    at("number-field").hidden = !chosen.asks_number;
    at("number-label").textContent = `Their WhatsApp number${chosen.needs_number ? "" : " (if they like)"}`;
    if (at("noted-label").textContent !== chosen.label) at("noted").value = "";
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
    if (!channel().keeps_noted) at("noted").value = "";
    showScript(); // unticks
    show(false);
  }

  // What waits

  async function refresh() {
    const entries = await store.all("entries");
    const waiting = entries.filter((row) => row.state === "waiting").length;
    const own = channel() && (await device.known(channel().organisation.slug, data.user));
    const codes = (await store.all("codes")).filter((row) => own && row.device === own.id && row.channel === channel().slug);
    at("count").textContent = waiting ? `${waiting} waiting` : "Nothing waiting";
    at("count").className = `badge ${waiting ? "wait" : "good"}`;
    at("stock").hidden = !open.length;
    at("stock").textContent = `${codes.length} codes in stock`;
    at("stock").className = `badge ${codes.length ? "" : "bad"}`;
    at("empty").hidden = entries.length + done.length > 0;
    at("queue").replaceChildren(...entries.concat(done).map((row) => queue.line(row, refresh)));
  }

  function online(is, words) {
    at("line").textContent = words || (is ? "Online" : "Offline");
    at("line").className = `badge ${is ? "good" : "wait"}`;
  }

  async function sync() {
    if (busy) return;
    busy = true;
    const uploaded = [];
    try {
      const kept = await server.upload(uploaded);
      const unfilled = await server.fillStocks(open, data.user);
      online(true);
      tellOfTrouble([
        ...kept.map((why) => `Some captures wait here, and cannot be uploaded now: ${why}`),
        ...unfilled.map((why) => `No new codes for a channel: ${why}`),
      ].join(" "));
    } catch (problem) {
      online(false, problem.status && "Signed out: sign in to upload");
    } finally {
      busy = false;
      done.push(...uploaded.map((row) => ({ ...row, state: "uploaded" })));
    }
    await refresh();
  }

  // Takes back what it told before, and nothing that somebody else told since.
  function tellOfTrouble(words) {
    if (words || at("problem").textContent === trouble) tell(words);
    trouble = words;
  }

  // Beginning

  const nameOf = (each) => `${each.organisation.name}: ${each.name}`;

  function tellWhatIsClosed() {
    const closed = data.channels.filter((each) => !open.includes(each)).map(nameOf);
    at("closed").hidden = open.length > 0 && !closed.length;
    at("closed").textContent = closed.length ? `Left out, for no wording is published: ${closed.join(", ")}.` : "There is no channel for you yet.";
  }

  function openForm() {
    options(at("channel"), open.map((each) => [each.slug, nameOf(each)]));
    showChannel();
    at("capture").hidden = false;
    at("channel").addEventListener("change", () => { showChannel(); refresh(); });
    at("language").addEventListener("change", showScript);
    at("capture").addEventListener("submit", (event) => {
      event.preventDefault();
      capture().catch((problem) => tell(`This was not kept: ${problem.message}`));
    });
    at("next").addEventListener("click", nextPerson);
  }

  async function begin() {
    tellWhatIsClosed();
    if (open.length) openForm();
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
