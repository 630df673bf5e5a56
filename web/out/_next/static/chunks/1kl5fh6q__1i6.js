__turbopack_load_page_chunks__("/job", [
  "static/chunks/0qppq45r65cgn.js",
  "static/chunks/22zg0662duw--.js",
  "static/chunks/30hcrk04f9oey.js",
  "static/chunks/01tkw5aed96g5.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
