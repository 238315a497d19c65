"use strict";
// Short ways to find, make and fill what is on the page.
const page = (() => {
  const at = (id) => document.getElementById(id);

  const element = (name, attributes = {}, ...children) => {
    const made = Object.assign(document.createElement(name), attributes);
    made.append(...children);
    return made;
  };

  function options(select, rows) {
    select.replaceChildren(...rows.map(([value, label]) => element("option", { value, textContent: label })));
  }

  function tell(text) {
    at("problem").textContent = text;
    at("problem").hidden = !text;
  }

  return { at, element, options, tell };
})();
