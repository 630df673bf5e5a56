__turbopack_load_page_chunks__("/operator/dead-letters", [
  "static/chunks/1pun1snugjjqg.js",
  "static/chunks/0juq-y5190gyv.js",
  "static/chunks/22zg0662duw--.js",
  "static/chunks/01tkw5aed96g5.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
