const search = document.querySelector("nav input");
const entries = [...document.querySelectorAll("nav li")];
search.addEventListener("input", () => {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const entry of entries) {
    const text = entry.dataset.search;
    entry.classList.toggle("hidden", !words.every((word) => text.includes(word)));
  }
  for (const group of document.querySelectorAll("nav .group")) {
    group.classList.toggle("hidden", !group.querySelector("li:not(.hidden)"));
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== search) {
    event.preventDefault();
    search.focus();
  }
});
const theme = document.querySelector("#theme");
const kept = (() => { try { return localStorage.getItem("theme"); } catch { return null; } })();
if (kept) document.documentElement.dataset.theme = kept;
theme.addEventListener("click", () => {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  try { localStorage.setItem("theme", root.dataset.theme); } catch { /* a page from a file may not keep it */ }
});
