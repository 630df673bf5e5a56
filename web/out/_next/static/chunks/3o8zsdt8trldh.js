__turbopack_load_page_chunks__("/operator/health", [
  "static/chunks/0wdck3b5mnzwi.js",
  "static/chunks/01tkw5aed96g5.js",
  "static/chunks/22zg0662duw--.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
