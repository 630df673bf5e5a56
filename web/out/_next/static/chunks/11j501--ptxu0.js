__turbopack_load_page_chunks__("/settings/provider", [
  "static/chunks/2znuf4m6d-67g.js",
  "static/chunks/2vs-2zqokb0jb.js",
  "static/chunks/0gecbo6jrn5eh.js",
  "static/chunks/1tadb6d2-qpoo.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
