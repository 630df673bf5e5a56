__turbopack_load_page_chunks__("/sign-in", [
  "static/chunks/0je08ryyi-5q4.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
