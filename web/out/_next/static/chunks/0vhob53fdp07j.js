__turbopack_load_page_chunks__("/operator/users", [
  "static/chunks/1-m8j9pvf9i-h.js",
  "static/chunks/1xt3-4d4pztto.js",
  "static/chunks/3jy5ufwz9xday.js",
  "static/chunks/1s040gcn7lz81.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
