__turbopack_load_page_chunks__("/environments", [
  "static/chunks/3htlhitee4xpb.js",
  "static/chunks/1n_oa6d42xg72.js",
  "static/chunks/0gecbo6jrn5eh.js",
  "static/chunks/1tadb6d2-qpoo.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
