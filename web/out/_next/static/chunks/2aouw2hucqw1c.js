__turbopack_load_page_chunks__("/settings/provider", [
  "static/chunks/2x52vnhz5xiyj.js",
  "static/chunks/2tdzfuj0ltkag.js",
  "static/chunks/22zg0662duw--.js",
  "static/chunks/01tkw5aed96g5.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
