__turbopack_load_page_chunks__("/operator/audit", [
  "static/chunks/0jbaddmuobcrt.js",
  "static/chunks/1j0i49f4xc8yb.js",
  "static/chunks/1qs73q9ze0hq5.js",
  "static/chunks/1f2u2_i81by5g.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
