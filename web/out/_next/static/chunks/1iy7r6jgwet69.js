__turbopack_load_page_chunks__("/order", [
  "static/chunks/3lj1kvec-f7tb.js",
  "static/chunks/3jy5ufwz9xday.js",
  "static/chunks/26od5816b-fyg.js",
  "static/chunks/1s040gcn7lz81.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
