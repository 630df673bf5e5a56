__turbopack_load_page_chunks__("/order", [
  "static/chunks/3lj1kvec-f7tb.js",
  "static/chunks/10sb4glwtxzq_.js",
  "static/chunks/1inbzv53-9rdu.js",
  "static/chunks/0z8l309w94vnp.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
