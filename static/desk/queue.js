"use strict";
// One line of the list of what was captured on this device.
const queue = (() => {
  const { element } = page;

  const badge = (row) => ({
    waiting: ["wait", "Waiting"], refused: ["bad", `Refused: ${row.why}`], uploaded: ["good", "With the server"],
  })[row.state];

  function line(row, changed) {
    const [tone, words] = badge(row);
    const time = new Date(row.captured_at).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
    const item = element("li", {}, element("span", { textContent: `${row.channel}, ${time}` }), element("span", { className: `badge ${tone}`, textContent: words }));
    if (row.state === "refused") {
      const drop = element("button", { className: "plain", type: "button", textContent: "Remove" });
      drop.addEventListener("click", () => store.remove("entries", row.id).then(changed));
      item.append(drop);
    }
    return item;
  }

  return { line };
})();
