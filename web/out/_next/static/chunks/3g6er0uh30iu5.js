__turbopack_load_page_chunks__("/operator/users", [
  "static/chunks/1g0olrt7t65fa.js",
  "static/chunks/0h6qgbyvytyj7.js",
  "static/chunks/22zg0662duw--.js",
  "static/chunks/01tkw5aed96g5.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
