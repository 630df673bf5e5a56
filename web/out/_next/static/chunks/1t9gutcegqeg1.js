__turbopack_load_page_chunks__("/environments", [
  "static/chunks/1v3g_lvdst4-y.js",
  "static/chunks/0fonxlgn11ni0.js",
  "static/chunks/1qs73q9ze0hq5.js",
  "static/chunks/1f2u2_i81by5g.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
