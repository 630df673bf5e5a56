__turbopack_load_page_chunks__("/settings/sessions", [
  "static/chunks/3j7ca86nqw6uc.js",
  "static/chunks/01ipxdh6-rd3o.js",
  "static/chunks/22zg0662duw--.js",
  "static/chunks/01tkw5aed96g5.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
