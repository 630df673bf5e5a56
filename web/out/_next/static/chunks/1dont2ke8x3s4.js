__turbopack_load_page_chunks__("/sign-in", [
  "static/chunks/0lgdskzo4r22h.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
