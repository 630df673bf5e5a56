__turbopack_load_page_chunks__("/sign-in", [
  "static/chunks/057yvmolkm5n2.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
