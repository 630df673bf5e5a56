__turbopack_load_page_chunks__("/operator/audit", [
  "static/chunks/339p6_idtlaer.js",
  "static/chunks/1w9xq40uu-c38.js",
  "static/chunks/1qs73q9ze0hq5.js",
  "static/chunks/1f2u2_i81by5g.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
