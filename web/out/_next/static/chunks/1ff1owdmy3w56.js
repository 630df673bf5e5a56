__turbopack_load_page_chunks__("/", [
  "static/chunks/11l8llu20d_3y.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
