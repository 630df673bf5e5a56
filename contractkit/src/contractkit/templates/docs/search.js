
// Search over everything that has an address: operations, parameters, properties, codes, messages.
{
  const input = one("#search"), list = one("#hits"), found = one("#found");
  const most = 40;
  let index, shown = [], active = -1;

  // Words of neighbouring elements stay apart: `textContent` would join them.
  const text = (node) => {
    const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT), parts = [];
    while (walker.nextNode()) parts.push(walker.currentNode.data);
    return parts.join(" ").replace(/\s+/g, " ").replace(/ (?=[.,;:)])/g, "").trim();
  };
  const rest = (node) => [...node.children].slice(1).map(text).join(" ");
  const entry = (id, title, kind, body, key = title) => (
    { id, title, kind, names: [title.toLowerCase(), key.toLowerCase()], told: `${kind} ${body}`.toLowerCase(), body });
  const build = () => all("main [data-hit]").flatMap((section) => {
    const { hit, kind } = section.dataset;
    const doc = one(":scope > .doc", section) ?? section;
    const rows = all(".row[id]", doc).map((row) => {
      const name = text(one(".name", row));
      return entry(row.id, kind === "schema" ? `${hit}.${name}` : name, kind === "schema" ? "property" : `parameter of ${kind}`, `${text(one(".type", row))} ${rest(row)}`);
    });
    // The address ends with the name that the contract has for it: an operationId.
    return [entry(section.id, hit, kind, rest(doc), section.id.replace(/^\w+?-/, "")), ...rows];
  });

  // The better hit: a name itself, its beginning, within it, the address, then the words.
  const rank = (each, words) => {
    let sum = 0;
    for (const word of words) {
      if (each.names.includes(word)) sum += 0;
      else if (each.names.some((name) => name.startsWith(word))) sum += 1;
      else if (each.names.some((name) => name.includes(word))) sum += 2;
      else if (each.kind.toLowerCase().includes(word)) sum += 3;
      else if (each.told.includes(word)) sum += 6;
      else return -1;
    }
    return sum + ({ schema: 0.25, property: 0.5 }[each.kind] ?? 0);
  };
  const snippet = (each, word) => {
    const at = each.body.toLowerCase().indexOf(word);
    if (at < 0) return each.body.slice(0, 90);
    return `${at > 30 ? "…" : ""}${each.body.slice(Math.max(0, at - 30), at + 70)}`;
  };
  const activate = (at) => {
    active = at;
    all("li", list).forEach((item, index) => item.setAttribute("aria-selected", String(index === at)));
    const item = list.children[at];
    if (item) input.setAttribute("aria-activedescendant", item.id);
    else input.removeAttribute("aria-activedescendant");
    item?.scrollIntoView({ block: "nearest" });
  };
  const close = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    activate(-1);
  };
  const show = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length === 0) {
      shown = [];
      list.replaceChildren();
      found.textContent = "";
      return close();
    }
    index ??= build();
    const hits = index.map((each) => [rank(each, words), each]).filter(([sum]) => sum >= 0);
    hits.sort(([one], [other]) => one - other);
    shown = hits.slice(0, most).map(([, each]) => each);
    list.replaceChildren(...shown.map((each, at) => element(
      "li", { role: "option", id: `hit-${at}`, "aria-selected": "false" },
      element("strong", {}, each.title), element("small", {}, each.kind), element("span", {}, snippet(each, words[0])),
    )));
    found.textContent = hits.length === 0 ? `Nothing found for “${input.value.trim()}”.`
      : `${hits.length} ${hits.length === 1 ? "hit" : "hits"}${hits.length > most ? `, the best ${most} shown` : ""}. Enter opens the first.`;
    list.hidden = shown.length === 0;
    input.setAttribute("aria-expanded", String(shown.length > 0));
    if (shown.length > 0) activate(0);
    else close();
  };
  const open = (each) => {
    input.value = "";
    show();
    const target = document.getElementById(each.id);
    for (let part = target.parentElement; part; part = part.parentElement) if (part.tagName === "DETAILS") part.open = true;
    if (location.hash === `#${each.id}`) target.scrollIntoView();
    else location.hash = each.id;
    const heading = one("h3, h4, a", target) ?? target;
    heading.tabIndex = heading.tagName === "A" ? 0 : -1;
    heading.focus({ preventScroll: true });
  };

  input.addEventListener("input", show);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && shown.length) activate((active + 1) % shown.length);
    else if (event.key === "ArrowUp" && shown.length) activate((active - 1 + shown.length) % shown.length);
    else if (event.key === "Enter" && shown.length) open(shown[Math.max(0, active)]);
    else if (event.key === "Escape") { input.value = ""; show(); }
    else return;
    event.preventDefault();
  });
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const item = event.target.closest("li");
    if (item) open(shown[[...list.children].indexOf(item)]);
  });
  document.addEventListener("click", (event) => { if (!event.target.closest(".search")) close(); });
  input.addEventListener("focus", () => { if (input.value) show(); });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select");
    const asked = (event.key === "/" && !typing) || (event.key === "k" && (event.ctrlKey || event.metaKey));
    if (!asked) return;
    event.preventDefault();
    input.focus();
    input.select();
  });
}
