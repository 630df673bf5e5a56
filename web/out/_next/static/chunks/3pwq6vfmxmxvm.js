__turbopack_load_page_chunks__("/environment", [
  "static/chunks/18auuse-54q53.js",
  "static/chunks/3jy5ufwz9xday.js",
  "static/chunks/109e4qzceab4p.js",
  "static/chunks/1s040gcn7lz81.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
