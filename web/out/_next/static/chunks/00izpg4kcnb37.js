__turbopack_load_page_chunks__("/operator", [
  "static/chunks/2swv8haykcyd6.js",
  "static/chunks/38mv9bcprvojc.js",
  "static/chunks/1qs73q9ze0hq5.js",
  "static/chunks/1f2u2_i81by5g.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
