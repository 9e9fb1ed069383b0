// Find as you type: <input data-finds="#tiles"> shows only the children that hold every word.
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

for (const input of document.querySelectorAll("input[data-finds]")) {
  const list = document.querySelector(input.dataset.finds);
  if (!list) continue;
  const none = document.querySelector(`${input.dataset.finds}-none`);
  const find = () => {
    const words = plain(input.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const child of list.children) {
      const text = plain(child.dataset.find ?? child.textContent);
      child.hidden = !words.every((word) => text.includes(word));
      if (!child.hidden) shown += 1;
    }
    if (none) none.hidden = shown > 0;
  };
  input.closest("[hidden]")?.removeAttribute("hidden");
  input.addEventListener("input", find);
  find();
}
