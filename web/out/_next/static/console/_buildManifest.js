self.__BUILD_MANIFEST = {
  "/": [
    "static/chunks/1ff1owdmy3w56.js"
  ],
  "/404": [
    "static/chunks/0nbnc946oi8ca.js"
  ],
  "/_error": [
    "static/chunks/413b9y5fyx4oe.js"
  ],
  "/accept": [
    "static/chunks/0ckfhcbs7gfop.js"
  ],
  "/activity": [
    "static/chunks/2twmavqnm7-zo.js"
  ],
  "/environment": [
    "static/chunks/0nwxkfh-vo9cl.js"
  ],
  "/environments": [
    "static/chunks/1vnqlsdamu8mh.js"
  ],
  "/job": [
    "static/chunks/1kl5fh6q__1i6.js"
  ],
  "/jobs": [
    "static/chunks/0w5bfwu9vtg4t.js"
  ],
  "/operator": [
    "static/chunks/0zapfnmm5rlqc.js"
  ],
  "/operator/audit": [
    "static/chunks/0c6-17ut8isgs.js"
  ],
  "/operator/dead-letters": [
    "static/chunks/385owo0j54l7l.js"
  ],
  "/operator/health": [
    "static/chunks/3o8zsdt8trldh.js"
  ],
  "/operator/users": [
    "static/chunks/3g6er0uh30iu5.js"
  ],
  "/order": [
    "static/chunks/12xycubz0e_r3.js"
  ],
  "/settings": [
    "static/chunks/130d_ld7vag62.js"
  ],
  "/settings/audit": [
    "static/chunks/15cigtndhrrqr.js"
  ],
  "/settings/members": [
    "static/chunks/1er01u2145q7s.js"
  ],
  "/settings/provider": [
    "static/chunks/2aouw2hucqw1c.js"
  ],
  "/settings/sessions": [
    "static/chunks/3trigd76ew0ug.js"
  ],
  "/settings/tokens": [
    "static/chunks/1w1mvr8xkx-v8.js"
  ],
  "/sign-in": [
    "static/chunks/1mnyrj438psbq.js"
  ],
  "__rewrites": {
    "afterFiles": [],
    "beforeFiles": [],
    "fallback": []
  },
  "sortedPages": [
    "/",
    "/404",
    "/_app",
    "/_error",
    "/accept",
    "/activity",
    "/environment",
    "/environments",
    "/job",
    "/jobs",
    "/operator",
    "/operator/audit",
    "/operator/dead-letters",
    "/operator/health",
    "/operator/users",
    "/order",
    "/settings",
    "/settings/audit",
    "/settings/members",
    "/settings/provider",
    "/settings/sessions",
    "/settings/tokens",
    "/sign-in"
  ]
};self.__TURBOPACK_PAGE_BOOTSTRAP = {"/404":{"otherChunks":["static/chunks/2fts3b--24tlm.js"],"runtimeModuleIds":[10783,60299]},"/accept":{"otherChunks":["static/chunks/1mz9d1__tfvll.js"],"runtimeModuleIds":[10783,19108]},"/activity":{"otherChunks":["static/chunks/12xa60ck0x1pc.js","static/chunks/01tkw5aed96g5.js","static/chunks/22zg0662duw--.js"],"runtimeModuleIds":[10783,89326]},"/environment":{"otherChunks":["static/chunks/2zu1chku-xjsm.js","static/chunks/22zg0662duw--.js","static/chunks/0myf2hyjmitr2.js","static/chunks/01tkw5aed96g5.js"],"runtimeModuleIds":[10783,99164]},"/environments":{"otherChunks":["static/chunks/3krjtzqwmx327.js","static/chunks/22zg0662duw--.js","static/chunks/0uni78854h-0r.js","static/chunks/01tkw5aed96g5.js"],"runtimeModuleIds":[10783,76932]},"/":{"otherChunks":["static/chunks/11l8llu20d_3y.js"],"runtimeModuleIds":[10783,55075]},"/job":{"otherChunks":["static/chunks/0qppq45r65cgn.js","static/chunks/22zg0662duw--.js","static/chunks/30hcrk04f9oey.js","static/chunks/01tkw5aed96g5.js"],"runtimeModuleIds":[10783,25529]},"/jobs":{"otherChunks":["static/chunks/3m3k4j_xm92ov.js","static/chunks/22zg0662duw--.js","static/chunks/31soyc3szf4_c.js","static/chunks/01tkw5aed96g5.js"],"runtimeModuleIds":[10783,64331]},"/order":{"otherChunks":["static/chunks/3lj1kvec-f7tb.js","static/chunks/22zg0662duw--.js","static/chunks/1kycghpaxixyt.js","static/chunks/01tkw5aed96g5.js"],"runtimeModuleIds":[10783,25473]},"/sign-in":{"otherChunks":["static/chunks/057yvmolkm5n2.js"],"runtimeModuleIds":[10783,38591]},"/settings/audit":{"otherChunks":["static/chunks/2eavbpl44n66x.js","static/chunks/01tkw5aed96g5.js","static/chunks/22zg0662duw--.js"],"runtimeModuleIds":[10783,54318]},"/settings":{"otherChunks":["static/chunks/03xnvdvlmvtcl.js","static/chunks/01tkw5aed96g5.js","static/chunks/22zg0662duw--.js"],"runtimeModuleIds":[10783,44410]},"/settings/members":{"otherChunks":["static/chunks/09bqzl6uklfor.js","static/chunks/2wgx9retshe6d.js","static/chunks/22zg0662duw--.js","static/chunks/01tkw5aed96g5.js"],"runtimeModuleIds":[10783,45943]},"/settings/provider":{"otherChunks":["static/chunks/2x52vnhz5xiyj.js","static/chunks/2tdzfuj0ltkag.js","static/chunks/22zg0662duw--.js","static/chunks/01tkw5aed96g5.js"],"runtimeModuleIds":[10783,24051]},"/settings/sessions":{"otherChunks":["static/chunks/3j7ca86nqw6uc.js","static/chunks/01ipxdh6-rd3o.js","static/chunks/22zg0662duw--.js","static/chunks/01tkw5aed96g5.js"],"runtimeModuleIds":[10783,52729]},"/settings/tokens":{"otherChunks":["static/chunks/2rs607vph30a3.js","static/chunks/01tkw5aed96g5.js","static/chunks/22zg0662duw--.js"],"runtimeModuleIds":[10783,22490]},"/operator/audit":{"otherChunks":["static/chunks/3m3k4j_xm92ov.js","static/chunks/3fpwyzdw_zg1k.js","static/chunks/22zg0662duw--.js","static/chunks/01tkw5aed96g5.js"],"runtimeModuleIds":[10783,28914]},"/operator/dead-letters":{"otherChunks":["static/chunks/1pun1snugjjqg.js","static/chunks/0juq-y5190gyv.js","static/chunks/22zg0662duw--.js","static/chunks/01tkw5aed96g5.js"],"runtimeModuleIds":[10783,95034]},"/operator/health":{"otherChunks":["static/chunks/0wdck3b5mnzwi.js","static/chunks/01tkw5aed96g5.js","static/chunks/22zg0662duw--.js"],"runtimeModuleIds":[10783,20597]},"/operator":{"otherChunks":["static/chunks/3g8o9rekhd8ff.js","static/chunks/0y8sca1-jfvxz.js","static/chunks/22zg0662duw--.js","static/chunks/01tkw5aed96g5.js"],"runtimeModuleIds":[10783,81492]},"/operator/users":{"otherChunks":["static/chunks/1g0olrt7t65fa.js","static/chunks/0h6qgbyvytyj7.js","static/chunks/22zg0662duw--.js","static/chunks/01tkw5aed96g5.js"],"runtimeModuleIds":[10783,60223]},"/_app":{"otherChunks":["static/chunks/0uf5z40m7vn7e.js","static/chunks/2cbigf85h-fsn.js","static/chunks/0lou509ag334g.js","static/chunks/0txno8_qi4ea3.js","static/chunks/1zreylgnb-6rp.js","static/chunks/3u2ytk5pkg51-.css"],"runtimeModuleIds":[10783,94757]},"/_error":{"otherChunks":["static/chunks/3n_c8q1xtyv-r.js"],"runtimeModuleIds":[10783,80184]}};self.__TURBOPACK_CHUNK_LOADING_GLOBAL = "TURBOPACK";self.__BUILD_MANIFEST_CB && self.__BUILD_MANIFEST_CB()