// Change light and dark at once, and remember it in the cookie that the server reads.
const THEMES = { terang: "light", gelap: "dark" };
const form = document.querySelector("[data-theme-choice]");

form?.addEventListener("submit", (event) => {
  const chosen = event.submitter?.value;
  if (!chosen) return;
  event.preventDefault();
  const secure = location.protocol === "https:" ? "; Secure" : "";
  const age = THEMES[chosen] ? 365 * 24 * 60 * 60 : 0;
  document.cookie = `tema=${chosen}; Path=/; Max-Age=${age}; SameSite=Lax${secure}`;
  if (THEMES[chosen]) document.documentElement.dataset.theme = THEMES[chosen];
  else delete document.documentElement.dataset.theme;
  for (const button of form.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button.value === chosen));
  }
});
