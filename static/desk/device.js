"use strict";
// This browser's own key. It signs what is captured; it cannot be read out, not even by this page.
const device = (() => {
  const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" };
  const SIGNING = { name: "ECDSA", hash: "SHA-256" };

  const base64 = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));

  async function register(key, organisation, user) {
    const pair = await crypto.subtle.generateKey(ALGORITHM, false, ["sign", "verify"]);
    const publicKey = base64(await crypto.subtle.exportKey("spki", pair.publicKey));
    const name = (navigator.userAgentData && navigator.userAgentData.platform) || navigator.platform || "Browser";
    const answer = await server.ask("devices", { organisation, public_key: publicKey, name });
    const row = { key, organisation, user, id: answer.device, privateKey: pair.privateKey };
    await store.put("devices", row);
    return row;
  }

  const known = (organisation, user) => store.get("devices", `${organisation}:${user}`);

  async function forOrganisation(organisation, user) {
    const key = `${organisation}:${user}`;
    return (await store.get("devices", key)) || register(key, organisation, user);
  }

  async function sign(row, text) {
    return base64(await crypto.subtle.sign(SIGNING, row.privateKey, new TextEncoder().encode(text)));
  }

  return { known, forOrganisation, sign };
})();
