__turbopack_load_page_chunks__("/settings/members", [
  "static/chunks/09bqzl6uklfor.js",
  "static/chunks/3jy5ufwz9xday.js",
  "static/chunks/2swzi2u9pgo9p.js",
  "static/chunks/1s040gcn7lz81.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
