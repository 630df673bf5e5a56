__turbopack_load_page_chunks__("/settings", [
  "static/chunks/03xnvdvlmvtcl.js",
  "static/chunks/2italzg1yinax.js",
  "static/chunks/1s040gcn7lz81.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
