__turbopack_load_page_chunks__("/sign-in", [
  "static/chunks/0jlb28fyzr3zg.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
