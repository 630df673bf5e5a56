__turbopack_load_page_chunks__("/settings/audit", [
  "static/chunks/0bs8yf-5ggd0x.js",
  "static/chunks/1w9xq40uu-c38.js",
  "static/chunks/1qs73q9ze0hq5.js",
  "static/chunks/1f2u2_i81by5g.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
