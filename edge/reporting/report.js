"use strict";
// Adds to every figure a link that saves it as SVG, to every table one that saves it as CSV.

const link = (name, ending, type, made) => {
  const one = document.createElement("a");
  one.className = "save";
  one.textContent = ending.toUpperCase();
  one.setAttribute("aria-label", `Save ${name} as ${one.textContent}`);
  one.download = `${name}.${ending}`.replace(/[^\w.-]+/g, "-");
  one.href = "#";
  one.addEventListener("click", () => {
    if (one.href.startsWith("blob:")) URL.revokeObjectURL(one.href);
    one.href = URL.createObjectURL(new Blob([made()], { type }));
  });
  return one;
};

const svg = (figure) => {
  const shown = figure.querySelector("svg"), copy = shown.cloneNode(true);
  const hidden = [...shown.querySelectorAll("g")].map((one) => getComputedStyle(one).display === "none");
  [...copy.querySelectorAll("g")].forEach((one, k) => { if (hidden[k]) one.remove(); });
  copy.setAttribute("font-family", "system-ui, sans-serif");
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(copy)}\n`;
};

// A cell that a spreadsheet would take for a formula begins with an apostrophe.
const cell = (one) => {
  const text = one.textContent.trim(), plain = text.replace(/\u2212/g, "-");
  if (/^[-+]?[\d.]+(e[-+]?\d+)?%?$/.test(plain)) return plain;
  const safe = /^[=+\-@\t\r]/.test(plain) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
};

const csv = (table) => {
  const rows = [...table.rows].map((row) => [...row.cells].filter((one) => one.className !== "plot"));
  return "\ufeff" + rows.map((row) => row.map(cell).join(",") + "\r\n").join("");
};

const about = (one) => {
  const recording = one.closest("[data-recording]");
  return recording ? `${recording.dataset.recording}-${one.dataset.name}` : one.dataset.name;
};

for (const one of document.querySelectorAll("figure[data-name]")) {
  one.append(link(about(one), "svg", "image/svg+xml", () => svg(one)));
}
for (const one of document.querySelectorAll("table[data-name]")) {
  one.after(link(about(one), "csv", "text/csv", () => csv(one)));
}
