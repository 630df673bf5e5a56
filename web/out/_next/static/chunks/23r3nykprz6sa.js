__turbopack_load_page_chunks__("/operator/health", [
  "static/chunks/0wdck3b5mnzwi.js",
  "static/chunks/2italzg1yinax.js",
  "static/chunks/1s040gcn7lz81.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
