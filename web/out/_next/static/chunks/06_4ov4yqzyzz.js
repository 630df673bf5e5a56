__turbopack_load_page_chunks__("/operator", [
  "static/chunks/3g8o9rekhd8ff.js",
  "static/chunks/3jy5ufwz9xday.js",
  "static/chunks/1we99tovxfu1r.js",
  "static/chunks/1s040gcn7lz81.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
