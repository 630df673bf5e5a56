__turbopack_load_page_chunks__("/environments", [
  "static/chunks/3krjtzqwmx327.js",
  "static/chunks/1s040gcn7lz81.js",
  "static/chunks/0uni78854h-0r.js",
  "static/chunks/2italzg1yinax.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
