__turbopack_load_page_chunks__("/operator/users", [
  "static/chunks/1g0olrt7t65fa.js",
  "static/chunks/0h6qgbyvytyj7.js",
  "static/chunks/1s040gcn7lz81.js",
  "static/chunks/2italzg1yinax.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
