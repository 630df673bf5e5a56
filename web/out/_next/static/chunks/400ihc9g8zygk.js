__turbopack_load_page_chunks__("/settings", [
  "static/chunks/1pvuuvphuo11o.js",
  "static/chunks/0o5fpvavi_byg.js",
  "static/chunks/0gecbo6jrn5eh.js",
  "static/chunks/1tadb6d2-qpoo.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
