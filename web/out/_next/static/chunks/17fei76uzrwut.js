__turbopack_load_page_chunks__("/accept", [
  "static/chunks/1rt6z938ha9_m.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
