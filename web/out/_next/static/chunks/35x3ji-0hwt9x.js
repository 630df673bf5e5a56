__turbopack_load_page_chunks__("/order", [
  "static/chunks/3lj1kvec-f7tb.js",
  "static/chunks/1s040gcn7lz81.js",
  "static/chunks/1kycghpaxixyt.js",
  "static/chunks/2italzg1yinax.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
