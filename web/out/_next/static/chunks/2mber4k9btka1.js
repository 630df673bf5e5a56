__turbopack_load_page_chunks__("/operator/dead-letters", [
  "static/chunks/1pun1snugjjqg.js",
  "static/chunks/3jy5ufwz9xday.js",
  "static/chunks/0ylmhfk_k17oi.js",
  "static/chunks/1s040gcn7lz81.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
