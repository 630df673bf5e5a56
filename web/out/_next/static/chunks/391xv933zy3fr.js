__turbopack_load_page_chunks__("/settings/sessions", [
  "static/chunks/3j7ca86nqw6uc.js",
  "static/chunks/01ipxdh6-rd3o.js",
  "static/chunks/1s040gcn7lz81.js",
  "static/chunks/2italzg1yinax.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
