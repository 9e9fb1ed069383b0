// Nothing typed is lost by accident, and nothing is sent twice by an impatient finger.
// (The form's hidden key makes a double click one act in any case.)
const changed = new Set();

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form[data-guard]");
  if (form) changed.add(form);
});

window.addEventListener("beforeunload", (event) => {
  if (changed.size) event.preventDefault();
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  changed.delete(form);
  if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("data-again")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  // After the browser has gathered the fields: a disabled button would not be sent along.
  setTimeout(() => {
    for (const button of form.querySelectorAll("button:not([type=button])")) {
      button.disabled = true;
      if (button === event.submitter) button.setAttribute("aria-busy", "true");
    }
  });
});

// Coming back with the browser's own button shows the page as it was left: let it be sent again.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("button:disabled")) {
      button.disabled = false;
      button.removeAttribute("aria-busy");
    }
  }
});
