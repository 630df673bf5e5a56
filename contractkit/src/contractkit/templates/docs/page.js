"use strict";
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const one = (selector, within = document) => within.querySelector(selector);
const element = (name, attributes = {}, ...children) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
};
const kept = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
const keep = (key, value) => { try { localStorage.setItem(key, value); } catch { /* a page from a file may not */ } };
const root = document.documentElement;
root.classList.add("js");

// Colours.
if (kept("theme")) root.dataset.theme = kept("theme");
one("#theme").addEventListener("click", () => {
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  keep("theme", root.dataset.theme);
});

// Contents: closed on a narrow screen, and the entry of what is read marked on a wide one.
const contents = one("details.contents");
const narrow = matchMedia("(max-width: 60rem)");
const fold = () => { contents.open = !narrow.matches; };
narrow.addEventListener("change", fold);
fold();
contents.addEventListener("click", (event) => { if (event.target.closest("a") && narrow.matches) contents.open = false; });
const entries = new Map(all("a", contents).map((link) => [link.hash.slice(1), link]));

// Its groups fold. Of a long list those are open that were opened, and the one of what is read.
const long = entries.size > 60;
const isOpen = (list) => !list.hidden;
const openGroup = (list, open) => {
  list.hidden = !open;
  one(".fold", list.parentElement).setAttribute("aria-expanded", String(open));
};
for (const [number, list] of all(".group > ul", contents).entries()) {
  const title = one(".title", list.parentElement);
  list.id = `contents-${number}`;
  const button = element("button", { class: "fold", type: "button", "aria-controls": list.id, "aria-label": title.textContent });
  button.addEventListener("click", () => { openGroup(list, !isOpen(list)); delete list.dataset.followed; });
  title.before(button);
  title.append(element("span", { class: "count", "aria-hidden": "true" }, String(list.children.length)));
  openGroup(list, !long);
}
const follow = (list) => {
  if (!list || isOpen(list)) return;
  for (const left of all("[data-followed]", contents)) { openGroup(left, false); delete left.dataset.followed; }
  openGroup(list, true);
  list.dataset.followed = "";
};
let current;
const mark = (id) => {
  if (!entries.has(id) || entries.get(id) === current) return;
  current?.removeAttribute("aria-current");
  current = entries.get(id);
  current.setAttribute("aria-current", "location");
  follow(current.closest(".group > ul"));
  if (!narrow.matches) {
    const nav = one("nav"), box = current.getBoundingClientRect();
    if (box.top < 160 || box.bottom > innerHeight - 40) nav.scrollTop += box.top - innerHeight / 2;
  }
};
const watching = new IntersectionObserver((seen) => {
  const first = seen.filter((each) => each.isIntersecting).at(-1);
  if (first) mark(first.target.id);
}, { rootMargin: "-10% 0px -80% 0px" });
for (const section of all("section.operation")) watching.observe(section);

// Sections are measured when they come near: what a link leads to may move while it is reached.
const settle = () => {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  let tries = 8;
  const again = () => {
    target.scrollIntoView({ block: "start" });
    tries -= 1;
    if (tries > 0) requestAnimationFrame(again);
  };
  requestAnimationFrame(again);
};
addEventListener("hashchange", settle);
settle();

// A link to a schema unfolds it in place; with a modifier key, or without a script, it leads there.
for (const link of all("a.ref")) link.setAttribute("aria-expanded", "false");
const unfolded = (link) => {
  const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
  const copy = one(".unfold", target).cloneNode(true);
  for (const part of all("[id]", copy)) part.removeAttribute("id");
  for (const inner of all(".unfolded", copy)) inner.remove();
  for (const inner of all("a.ref", copy)) inner.setAttribute("aria-expanded", "false");
  copy.className = "unfolded";
  copy.prepend(element("p", { class: "limits" }, element("a", { href: link.hash }, `${link.textContent}, by itself`)));
  return copy;
};
document.addEventListener("click", (event) => {
  const link = event.target.closest("a.ref");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  const open = link.getAttribute("aria-expanded") !== "true";
  link.setAttribute("aria-expanded", String(open));
  const place = link.closest(".shape, .row, .limits, .doc");
  if (open) place.append(unfolded(link));
  else one(":scope > .unfolded", place)?.remove();
});

// Samples: one choice for the whole page.
const choose = (kind) => {
  for (const samples of all(".samples")) {
    const buttons = all(".kinds button", samples);
    if (!buttons.some((button) => button.dataset.kind === kind)) continue;
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.kind === kind));
    for (const sample of all(".sample", samples)) sample.classList.toggle("chosen", sample.dataset.kind === kind);
  }
};
if (kept("sample") && kept("sample") !== one(".sample")?.dataset.kind) choose(kept("sample"));
document.addEventListener("click", (event) => {
  const button = event.target.closest(".kinds button");
  if (!button) return;
  const before = button.getBoundingClientRect().top;
  choose(button.dataset.kind);
  keep("sample", button.dataset.kind);
  scrollBy({ top: button.getBoundingClientRect().top - before, behavior: "instant" });
});

// Colours of code, when it comes into sight.
const token = /("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|((?<=^|\s)(?:#|\/\/) .*$)|\b(import|from|with|as|async|await|for|in|if|return|def|const|let|new|of|function|export|curl|not|and|is|continue)\b|\b(\d[\d.]*|true|false|null|None|True|False)\b/gm;
const colour = (code) => {
  const text = code.textContent, parts = [];
  let end = 0;
  for (const found of text.matchAll(token)) {
    const at = found.slice(1).findIndex((part) => part !== undefined);
    parts.push(text.slice(end, found.index), element("span", { class: "sckn"[at] }, found[0]));
    end = found.index + found[0].length;
  }
  code.replaceChildren(...parts, text.slice(end));
};
const dull = new IntersectionObserver((seen) => {
  for (const each of seen) if (each.isIntersecting) { dull.unobserve(each.target); colour(each.target); }
}, { rootMargin: "200px" });
for (const code of all(".code code")) dull.observe(code);

// Copying; pages without https have no clipboard but the selection's.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("button.copy");
  if (!button) return;
  const code = one("code", button.parentElement);
  try {
    await navigator.clipboard.writeText(code.textContent);
  } catch {
    getSelection().selectAllChildren(code);
    document.execCommand("copy");
  }
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = "Copy"; }, 1500);
});

// Paper shows everything.
addEventListener("beforeprint", () => { for (const part of all("main details:not([open])")) { part.open = true; part.dataset.printed = ""; } });
addEventListener("afterprint", () => { for (const part of all("[data-printed]")) { part.open = false; delete part.dataset.printed; } });
