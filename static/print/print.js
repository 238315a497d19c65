// Without scripts people print as they print every page.
const button = document.querySelector(".print");
button.hidden = false;
button.addEventListener("click", () => window.print());
