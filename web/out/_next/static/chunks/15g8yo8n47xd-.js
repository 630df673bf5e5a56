__turbopack_load_page_chunks__("/settings", [
  "static/chunks/1pvuuvphuo11o.js",
  "static/chunks/08omnqb8zt_k-.js",
  "static/chunks/1qs73q9ze0hq5.js",
  "static/chunks/1f2u2_i81by5g.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
