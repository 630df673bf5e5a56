__turbopack_load_page_chunks__("/settings", [
  "static/chunks/1pvuuvphuo11o.js",
  "static/chunks/0o5fpvavi_byg.js",
  "static/chunks/0gecbo6jrn5eh.js",
  "static/chunks/08zn50y42c5i0.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
