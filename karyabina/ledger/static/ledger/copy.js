// Copies the text of an element; where the browser cannot, the button stays hidden.
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const lines = document.getElementById(button.dataset.copy).querySelectorAll("li");
      await navigator.clipboard.writeText([...lines].map((line) => line.innerText + "\n").join(""));
      button.lastChild.textContent = button.dataset.done;
    });
  }
}
