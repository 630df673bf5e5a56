__turbopack_load_page_chunks__("/environments", [
  "static/chunks/3htlhitee4xpb.js",
  "static/chunks/1n_oa6d42xg72.js",
  "static/chunks/0gecbo6jrn5eh.js",
  "static/chunks/08zn50y42c5i0.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
