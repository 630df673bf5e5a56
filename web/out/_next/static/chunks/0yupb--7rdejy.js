__turbopack_load_page_chunks__("/accept", [
  "static/chunks/18_bji9ieh71r.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
