__turbopack_load_page_chunks__("/accept", [
  "static/chunks/1mz9d1__tfvll.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
