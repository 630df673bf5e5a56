__turbopack_load_page_chunks__("/sign-in", [
  "static/chunks/053ar83q_a9t-.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
