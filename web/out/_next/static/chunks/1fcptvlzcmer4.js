__turbopack_load_page_chunks__("/settings/provider", [
  "static/chunks/2znuf4m6d-67g.js",
  "static/chunks/1xt3-4d4pztto.js",
  "static/chunks/3jy5ufwz9xday.js",
  "static/chunks/1s040gcn7lz81.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
