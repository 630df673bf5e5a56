__turbopack_load_page_chunks__("/settings/tokens", [
  "static/chunks/1mgua6lquqj7-.js",
  "static/chunks/3jy5ufwz9xday.js",
  "static/chunks/0lluevrzla70h.js",
  "static/chunks/1s040gcn7lz81.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
