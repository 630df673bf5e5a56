__turbopack_load_page_chunks__("/order", [
  "static/chunks/3lj1kvec-f7tb.js",
  "static/chunks/0wks73_dzlj-v.js",
  "static/chunks/26od5816b-fyg.js",
  "static/chunks/2fdylypyfi22b.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
