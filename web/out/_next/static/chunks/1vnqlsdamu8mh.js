__turbopack_load_page_chunks__("/environments", [
  "static/chunks/3krjtzqwmx327.js",
  "static/chunks/22zg0662duw--.js",
  "static/chunks/0uni78854h-0r.js",
  "static/chunks/01tkw5aed96g5.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
