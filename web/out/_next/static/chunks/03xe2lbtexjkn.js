__turbopack_load_page_chunks__("/environments", [
  "static/chunks/3htlhitee4xpb.js",
  "static/chunks/1n_oa6d42xg72.js",
  "static/chunks/10sb4glwtxzq_.js",
  "static/chunks/0z8l309w94vnp.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
