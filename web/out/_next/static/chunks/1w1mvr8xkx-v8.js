__turbopack_load_page_chunks__("/settings/tokens", [
  "static/chunks/2rs607vph30a3.js",
  "static/chunks/01tkw5aed96g5.js",
  "static/chunks/22zg0662duw--.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
