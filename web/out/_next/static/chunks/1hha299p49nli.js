__turbopack_load_page_chunks__("/sign-in", [
  "static/chunks/0vqq-z7v-qag3.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
