__turbopack_load_page_chunks__("/order", [
  "static/chunks/3lj1kvec-f7tb.js",
  "static/chunks/22zg0662duw--.js",
  "static/chunks/1kycghpaxixyt.js",
  "static/chunks/01tkw5aed96g5.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
