__turbopack_load_page_chunks__("/operator/users", [
  "static/chunks/3q3ebi94col1v.js",
  "static/chunks/10py2ppjth4v0.js",
  "static/chunks/1qs73q9ze0hq5.js",
  "static/chunks/1f2u2_i81by5g.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
