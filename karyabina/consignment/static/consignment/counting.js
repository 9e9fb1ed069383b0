// Counting a consignment: what is broken or missing is taken off the good ones, until somebody
// types how many are good; what does not add up to what was sent is said at once.
const number = (input) => {
  const text = input.value.trim().replace(/[.,\s]/g, "");
  return text === "" ? 0 : /^\d+$/.test(text) ? Number(text) : NaN;
};

for (const row of document.querySelectorAll("form[data-counting] [data-sent]")) {
  const sent = Number(row.dataset.sent);
  const [good, broken, missing] = ["good", "broken", "missing"].map((part) =>
    row.querySelector(`[data-part=${part}]`),
  );
  const tally = row.querySelector(".tally");
  let typed = number(good) + number(broken) + number(missing) !== sent;
  const look = () => {
    const total = number(good) + number(broken) + number(missing);
    tally.textContent =
      total === sent ? "" : `· ${tally.dataset.says} ${Number.isNaN(total) ? "?" : total}`;
    for (const input of [broken, missing]) input.classList.toggle("changed", number(input) !== 0);
  };
  good.addEventListener("input", () => {
    typed = true;
    look();
  });
  for (const input of [broken, missing]) {
    input.addEventListener("input", () => {
      const rest = sent - number(broken) - number(missing);
      if (!typed && rest >= 0) good.value = String(rest);
      look();
    });
  }
  look();
}
