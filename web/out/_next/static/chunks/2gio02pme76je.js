__turbopack_load_page_chunks__("/settings/audit", [
  "static/chunks/2oyafbt3lynh_.js",
  "static/chunks/3hyq1f76w_97d.js",
  "static/chunks/0gecbo6jrn5eh.js",
  "static/chunks/1tadb6d2-qpoo.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
