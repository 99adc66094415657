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
  // Moves rows into this order; only those that stand elsewhere are touched.
  order(ids) {
    const focused = document.activeElement;
    let before = document.querySelector(".rooms tbody").firstElementChild;
    for (const row of ids.map((id) => document.getElementById(id))) {
      if (row && row === before) before = before.nextElementSibling;
      else if (row) row.parentNode.insertBefore(row, before);
    }
    if (focused !== document.activeElement) focused.focus({ preventScroll: true });
  },
};

// A button that carries what it is about sends that to the server.
document.addEventListener("click", (event) => {
  const button = event.target.closest("button.seen");
  if (button) emitEvent("seen", { ...button.dataset });
});
