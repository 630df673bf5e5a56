__turbopack_load_page_chunks__("/operator", [
  "static/chunks/0rr6r1s3-cmnp.js",
  "static/chunks/3rn-thsye6imb.js",
  "static/chunks/1qs73q9ze0hq5.js",
  "static/chunks/1f2u2_i81by5g.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
