__turbopack_load_page_chunks__("/operator/dead-letters", [
  "static/chunks/00spxespvsm1d.js",
  "static/chunks/1qs73q9ze0hq5.js",
  "static/chunks/1dpfm9g6bhcnd.js",
  "static/chunks/1f2u2_i81by5g.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
