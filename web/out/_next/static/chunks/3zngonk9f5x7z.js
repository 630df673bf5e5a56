__turbopack_load_page_chunks__("/settings/audit", [
  "static/chunks/2oyafbt3lynh_.js",
  "static/chunks/3hyq1f76w_97d.js",
  "static/chunks/0gecbo6jrn5eh.js",
  "static/chunks/08zn50y42c5i0.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
