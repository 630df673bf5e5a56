__turbopack_load_page_chunks__("/activity", [
  "static/chunks/12xa60ck0x1pc.js",
  "static/chunks/01tkw5aed96g5.js",
  "static/chunks/22zg0662duw--.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
