__turbopack_load_page_chunks__("/sign-in", [
  "static/chunks/3k378c58kg8lk.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
