// − and + beside a whole number. The buttons are hidden until this runs.
const whole = (text) => Number.parseInt(text.replace(/[.,\s]/g, ""), 10);

function prepare(root) {
  for (const button of root.querySelectorAll(".stepper .step[hidden]")) button.hidden = false;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.(".stepper .step");
  if (!button) return;
  const input = button.parentElement.querySelector("input");
  const least = Number(input.dataset.min ?? 0);
  const most = Number(input.dataset.max ?? Number.MAX_SAFE_INTEGER);
  const now = whole(input.value);
  const next = (Number.isNaN(now) ? 0 : now) + Number(button.dataset.step); // empty counts as 0
  input.value = String(Math.min(most, Math.max(least, next)));
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
});

prepare(document);
document.addEventListener("htmx:load", (event) => prepare(event.target));
