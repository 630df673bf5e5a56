__turbopack_load_page_chunks__("/settings/provider", [
  "static/chunks/2znuf4m6d-67g.js",
  "static/chunks/1xt3-4d4pztto.js",
  "static/chunks/0wks73_dzlj-v.js",
  "static/chunks/2fdylypyfi22b.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
