__turbopack_load_page_chunks__("/order", [
  "static/chunks/39ds-a4cysy9a.js",
  "static/chunks/1qs73q9ze0hq5.js",
  "static/chunks/1avzav6894qk_.js",
  "static/chunks/1f2u2_i81by5g.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
