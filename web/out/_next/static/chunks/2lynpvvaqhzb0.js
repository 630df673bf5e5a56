__turbopack_load_page_chunks__("/order", [
  "static/chunks/3lj1kvec-f7tb.js",
  "static/chunks/1qs73q9ze0hq5.js",
  "static/chunks/0w5gub_jyjreb.js",
  "static/chunks/1f2u2_i81by5g.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
