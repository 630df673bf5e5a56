__turbopack_load_page_chunks__("/settings/provider", [
  "static/chunks/2x52vnhz5xiyj.js",
  "static/chunks/2tdzfuj0ltkag.js",
  "static/chunks/1s040gcn7lz81.js",
  "static/chunks/2italzg1yinax.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
