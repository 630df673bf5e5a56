__turbopack_load_page_chunks__("/_error", [
  "static/chunks/12yd8t4k6c0t1.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
