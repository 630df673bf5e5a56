__turbopack_load_page_chunks__("/settings/sessions", [
  "static/chunks/3j7ca86nqw6uc.js",
  "static/chunks/10sb4glwtxzq_.js",
  "static/chunks/20dz7-z71xr1j.js",
  "static/chunks/0z8l309w94vnp.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
