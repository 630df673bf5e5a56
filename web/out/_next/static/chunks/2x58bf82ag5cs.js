__turbopack_load_page_chunks__("/sign-in", [
  "static/chunks/27emo9wn6tz2u.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
