// Puts new cells into a table without touching those that stay the same, so that focus and selection are kept.
window.mimicry = {
  patch(rows) {
    const fresh = document.createElement("template");
    for (const [id, html] of rows) {
      const row = document.getElementById(id);
      fresh.innerHTML = html;
      const cells = row ? [...row.children] : [];
      [...fresh.content.firstElementChild.children].forEach((cell, k) => {
        if (cells[k] && cells[k].innerHTML !== cell.innerHTML) cells[k].replaceWith(cell);
      });
    }
  },
};

// A button that carries what it is about sends that to the server.
document.addEventListener("click", (event) => {
  const button = event.target.closest("button.seen");
  if (button) emitEvent("seen", { ...button.dataset });
});
