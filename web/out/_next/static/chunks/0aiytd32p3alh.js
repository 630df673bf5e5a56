__turbopack_load_page_chunks__("/settings/audit", [
  "static/chunks/2oyafbt3lynh_.js",
  "static/chunks/0-xeapbjg5ivd.js",
  "static/chunks/3jy5ufwz9xday.js",
  "static/chunks/1s040gcn7lz81.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
