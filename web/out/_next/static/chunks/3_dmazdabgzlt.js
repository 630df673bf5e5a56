__turbopack_load_page_chunks__("/settings/tokens", [
  "static/chunks/3gaf4mq9k_ur9.js",
  "static/chunks/2xeiwi86ew2x2.js",
  "static/chunks/1qs73q9ze0hq5.js",
  "static/chunks/1f2u2_i81by5g.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
