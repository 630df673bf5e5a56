__turbopack_load_page_chunks__("/order", [
  "static/chunks/3lj1kvec-f7tb.js",
  "static/chunks/0gecbo6jrn5eh.js",
  "static/chunks/1inbzv53-9rdu.js",
  "static/chunks/1tadb6d2-qpoo.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
