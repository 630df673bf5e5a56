__turbopack_load_page_chunks__("/settings", [
  "static/chunks/37klo_6g6i9zy.js",
  "static/chunks/3jy5ufwz9xday.js",
  "static/chunks/26tk5ngyz81pw.js",
  "static/chunks/1s040gcn7lz81.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
