__turbopack_load_page_chunks__("/accept", [
  "static/chunks/0ux4hs0wp2djp.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
