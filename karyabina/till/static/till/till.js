// The till with JavaScript: tiles that can be tapped, the sum before it is asked, the change while
// it is typed. Without it the same forms work, and the server computes all of this.
const numbers = new Intl.NumberFormat(document.documentElement.lang === "en" ? "en-US" : "id-ID");
const rupiah = (amount) => `${amount < 0 ? "−" : ""}Rp ${numbers.format(amount < 0 ? -amount : amount)}`;
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

// A whole number as people type it; 0n for nothing or for what is none.
function whole(text) {
  const digits = text.trim().replace(/^rp[. ]*/i, "").replace(/[.,\s]/g, "");
  return /^\d{1,15}$/.test(digits) ? BigInt(digits) : 0n;
}

// Half a rupiah up, as the server does it (base/money.py).
const timesPrice = (quantity, amount, per) => (2n * quantity * amount + per) / (2n * per);

for (const part of document.querySelectorAll("[data-script]")) part.hidden = false;

// --- the menu ------------------------------------------------------------------------------------
const menu = document.querySelector(".till-menu");
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !menu?.open) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
document.addEventListener("click", (event) => {
  if (menu?.open && !menu.contains(event.target)) menu.open = false;
});

// --- the counter ---------------------------------------------------------------------------------
const basket = document.querySelector(".till-basket");
if (basket) {
  const goods = [...basket.querySelectorAll(".till-good")];
  const fields = [...basket.querySelectorAll("input[data-price]")];
  const said = basket.querySelector(".till-sum");
  const search = basket.querySelector("#cari");
  const only = basket.querySelector("[data-chosen-only]");

  const add = () => {
    let total = 0n;
    let count = 0;
    for (const field of fields) {
      const quantity = whole(field.value);
      field.closest(".till-good").classList.toggle("chosen", quantity > 0n);
      if (quantity === 0n) continue;
      count += 1;
      total += timesPrice(quantity, BigInt(field.dataset.price), BigInt(field.dataset.per));
    }
    const { empty, some } = said.dataset;
    said.querySelector(".count").textContent = count ? some.replace("#", numbers.format(count)) : empty;
    said.querySelector(".sum").textContent = count ? rupiah(total) : "";
  };

  const find = () => {
    const words = plain(search.value).split(/\s+/).filter(Boolean);
    const chosen = only.getAttribute("aria-pressed") === "true";
    for (const good of goods) {
      const text = plain(good.dataset.find);
      good.hidden =
        !words.every((word) => text.includes(word)) || (chosen && !good.classList.contains("chosen"));
    }
    for (const shelf of basket.querySelectorAll(".till-shelf")) {
      shelf.hidden = !shelf.querySelector(".till-good:not([hidden])");
    }
    basket.querySelector(".till-none").hidden = goods.some((good) => !good.hidden);
  };

  for (const field of fields) {
    const good = field.closest(".till-good");
    good.classList.add("tappable");
    good.querySelector(".face").addEventListener("click", (event) => {
      event.preventDefault(); // a label would open the keyboard
      good.querySelector(".step:last-child").click();
    });
    field.addEventListener("focus", () => field.select());
    field.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
      event.preventDefault();
      good.querySelector(event.key === "ArrowUp" ? ".step:last-child" : ".step:first-child").click();
    });
  }
  basket.addEventListener("input", (event) => {
    if (event.target === search) find();
    else add();
  });
  only.addEventListener("click", () => {
    only.setAttribute("aria-pressed", String(only.getAttribute("aria-pressed") !== "true"));
    find();
  });
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault(); // it looks, it does not pay
    if (event.key === "ArrowDown") {
      event.preventDefault();
      fields.find((field) => !field.closest(".till-good").hidden)?.focus();
    }
    if (event.key === "Escape") {
      search.value = "";
      find();
    }
  });
  // Only what is in the basket goes into the address.
  basket.addEventListener("formdata", ({ formData }) => {
    for (const field of fields) if (/^0*$/.test(field.value.trim())) formData.delete(field.name);
  });
  window.addEventListener("pageshow", add);
  add();
}

// --- the payment ---------------------------------------------------------------------------------
const payment = document.querySelector(".till-pay");
if (payment) {
  const typed = payment.querySelector("input[name=tendered]");
  const change = payment.querySelector(".till-change");
  const total = BigInt(payment.dataset.total);
  const say = () => {
    const given = whole(typed.value);
    change.hidden = given === 0n;
    const enough = given >= total;
    change.classList.toggle("lost", !enough);
    change.textContent = `${enough ? change.dataset.enough : change.dataset.short} ${rupiah(enough ? given - total : total - given)}`;
  };
  typed.addEventListener("input", say);
  say();
  // What is opened at the foot of a phone must be seen, its button above all.
  const qris = payment.querySelector(".till-qris");
  qris.querySelector("summary").addEventListener("click", () => {
    requestAnimationFrame(() => {
      if (qris.open) qris.scrollIntoView({ block: "end" });
    });
  });
}

// --- goods that come back ------------------------------------------------------------------------
const refund = document.querySelector(".till-refund");
if (refund) {
  const sum = refund.querySelector(".till-sum .sum");
  const add = () => {
    let total = 0n;
    for (const line of refund.querySelectorAll(".till-back-line")) {
      const [quantity, amount, back] = ["quantity", "amount", "back"].map((name) => BigInt(line.dataset[name]));
      let now = 0n;
      for (const field of line.querySelectorAll("input")) now += whole(field.value);
      total += timesPrice(back + now, amount, quantity) - timesPrice(back, amount, quantity);
    }
    sum.textContent = rupiah(total);
  };
  refund.addEventListener("input", add);
  add();
}

// --- counting the drawer -------------------------------------------------------------------------
const count = document.querySelector(".till-close");
if (count) {
  const all = count.querySelector("input[name=counted]");
  const notes = [...count.querySelectorAll("input[data-worth]")];
  const sum = count.querySelector(".till-sum .sum");
  const add = (event) => {
    if (event?.target.dataset.worth) {
      let total = 0n;
      for (const note of notes) total += whole(note.value) * BigInt(note.dataset.worth);
      all.value = numbers.format(total);
    }
    if (event?.target === all) for (const note of notes) note.value = "";
    sum.textContent = all.value.trim() ? rupiah(whole(all.value)) : "";
  };
  count.addEventListener("input", add);
  add();
}
