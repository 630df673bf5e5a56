__turbopack_load_page_chunks__("/settings/audit", [
  "static/chunks/2oyafbt3lynh_.js",
  "static/chunks/0-xeapbjg5ivd.js",
  "static/chunks/0wks73_dzlj-v.js",
  "static/chunks/2fdylypyfi22b.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
