__turbopack_load_page_chunks__("/accept", [
  "static/chunks/2uksia8pfltdk.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
