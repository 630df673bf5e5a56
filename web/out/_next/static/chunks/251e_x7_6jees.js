__turbopack_load_page_chunks__("/job", [
  "static/chunks/06o27exbnqew-.js",
  "static/chunks/2qu1q_2jomfn4.js",
  "static/chunks/1qs73q9ze0hq5.js",
  "static/chunks/1f2u2_i81by5g.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
