__turbopack_load_page_chunks__("/job", [
  "static/chunks/1td4qnbop4tcp.js",
  "static/chunks/2_6f8flsz8pk7.js",
  "static/chunks/10sb4glwtxzq_.js",
  "static/chunks/0z8l309w94vnp.js",
  "static/chunks/0rt6oy9n0c5fe.js",
  "static/chunks/turbopack-077hmtqrhcoji.js"
])
