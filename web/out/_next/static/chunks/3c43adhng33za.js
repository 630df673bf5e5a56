__turbopack_load_page_chunks__("/activity", [
  "static/chunks/2gw2xfj9nod-7.js",
  "static/chunks/3jy5ufwz9xday.js",
  "static/chunks/06y1tkpi02sth.js",
  "static/chunks/1s040gcn7lz81.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
