__turbopack_load_page_chunks__("/operator/dead-letters", [
  "static/chunks/1pun1snugjjqg.js",
  "static/chunks/0juq-y5190gyv.js",
  "static/chunks/1s040gcn7lz81.js",
  "static/chunks/2italzg1yinax.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
