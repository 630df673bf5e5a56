__turbopack_load_page_chunks__("/environments", [
  "static/chunks/3htlhitee4xpb.js",
  "static/chunks/3jy5ufwz9xday.js",
  "static/chunks/3996ery-wjha3.js",
  "static/chunks/1s040gcn7lz81.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
