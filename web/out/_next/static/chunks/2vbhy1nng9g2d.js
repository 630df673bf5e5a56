__turbopack_load_page_chunks__("/settings/members", [
  "static/chunks/38bxs6qskk3pm.js",
  "static/chunks/1qs73q9ze0hq5.js",
  "static/chunks/1f-19fwjq_0rx.js",
  "static/chunks/1f2u2_i81by5g.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
