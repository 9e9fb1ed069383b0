// Find as you type on the server: <form data-live="#found"> is asked again while one types, and
// the part named is taken over from the answer. Without JavaScript the form has its button.
for (const form of document.querySelectorAll("form[data-live]")) {
  let waiting = 0;
  let asked = null;

  const ask = async () => {
    const fields = [...new FormData(form)].filter(([, value]) => value !== "");
    const address = `${form.getAttribute("action") || location.pathname}?${new URLSearchParams(fields)}`;
    asked?.abort();
    asked = new AbortController();
    const now = document.querySelector(form.dataset.live);
    now.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address, { signal: asked.signal, credentials: "same-origin" });
      if (answer.redirected || !answer.ok) return location.assign(address);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const then = page.querySelector(form.dataset.live);
      if (!then) return location.assign(address);
      now.replaceChildren(...then.childNodes);
      history.replaceState(null, "", address);
    } catch (trouble) {
      if (trouble.name === "AbortError") return undefined; // a newer question is on its way
      form.submit();
    }
    now.removeAttribute("aria-busy");
    return undefined;
  };

  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 250);
  });
}
