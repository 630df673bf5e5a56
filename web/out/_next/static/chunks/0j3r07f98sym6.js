__turbopack_load_page_chunks__("/settings/members", [
  "static/chunks/09bqzl6uklfor.js",
  "static/chunks/2wgx9retshe6d.js",
  "static/chunks/1s040gcn7lz81.js",
  "static/chunks/2italzg1yinax.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
