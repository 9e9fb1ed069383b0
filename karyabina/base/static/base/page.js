// What every page can do with JavaScript. Without it all of this still works, in more clicks.
// The first thing that is wrong is read out and brought into sight.
document.querySelector("[data-focus]")?.focus({ preventScroll: false });

// The menu of a phone closes on Escape and on a click beside it.
const menu = document.querySelector("details.narrow");
if (menu) {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  document.addEventListener("click", (event) => {
    if (menu.open && !menu.contains(event.target)) menu.open = false;
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
