// The check beside the wording, while it is written. Without scripts the button "Check" does the same.
const form = document.getElementById("wording");
const panel = document.getElementById("check");
const status = document.getElementById("check-status");
const PAUSE = 700; // milliseconds after the last key
let waiting, asked = 0;

async function check() {
  const mine = ++asked;
  let answer;
  try {
    answer = await fetch(form.dataset.check, { method: "POST", body: new FormData(form), credentials: "same-origin" });
  } catch { return; } // offline: the button says so when it is pressed
  if (!answer.ok || mine !== asked) return; // a later one is under way
  panel.innerHTML = await answer.text();
  status.textContent = panel.querySelector(".verdict").textContent;
  offer();
}

function offer() {
  for (const button of panel.querySelectorAll("[data-line]")) button.hidden = false;
}

panel.addEventListener("click", (event) => {
  const line = event.target.dataset.line;
  if (!line) return;
  const details = form.elements.details;
  details.value = [details.value.trimEnd(), line].filter(Boolean).join("\n");
  details.focus();
  check();
});
form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(check, PAUSE); });
form.querySelector("[name=check]").hidden = true;
offer();
