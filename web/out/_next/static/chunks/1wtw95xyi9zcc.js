__turbopack_load_page_chunks__("/sign-in", [
  "static/chunks/3i0wfdl6m2bv0.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
