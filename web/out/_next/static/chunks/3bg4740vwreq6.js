__turbopack_load_page_chunks__("/operator/users", [
  "static/chunks/1-m8j9pvf9i-h.js",
  "static/chunks/0jio914m_taio.js",
  "static/chunks/1qs73q9ze0hq5.js",
  "static/chunks/1f2u2_i81by5g.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
