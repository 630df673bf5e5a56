__turbopack_load_page_chunks__("/settings/tokens", [
  "static/chunks/1mgua6lquqj7-.js",
  "static/chunks/0wks73_dzlj-v.js",
  "static/chunks/0lluevrzla70h.js",
  "static/chunks/2fdylypyfi22b.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
