// Buttons that copy an address. Without scripts the address is there to be selected, and no button is shown.
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break;
  const text = document.getElementById(button.dataset.copy).textContent;
  const label = button.firstChild.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text);
    button.firstChild.textContent = "Copied";
    setTimeout(() => { button.firstChild.textContent = label; }, 2000);
  });
}
