__turbopack_load_page_chunks__("/operator", [
  "static/chunks/3g8o9rekhd8ff.js",
  "static/chunks/0y8sca1-jfvxz.js",
  "static/chunks/22zg0662duw--.js",
  "static/chunks/01tkw5aed96g5.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
