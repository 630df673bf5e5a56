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
    "static/chunks/2lyfsx2kj3i9l.js"
  ],
  "/activity": [
    "static/chunks/3wur7oqworjlo.js"
  ],
  "/environment": [
    "static/chunks/307tbg2kkxdrh.js"
  ],
  "/environments": [
    "static/chunks/03xe2lbtexjkn.js"
  ],
  "/job": [
    "static/chunks/44r9eiqw14qed.js"
  ],
  "/jobs": [
    "static/chunks/0tkrsvtsugsfk.js"
  ],
  "/operator": [
    "static/chunks/0ux6y8pqywank.js"
  ],
  "/operator/audit": [
    "static/chunks/06csxky45s8gd.js"
  ],
  "/operator/dead-letters": [
    "static/chunks/26jsytgm846n7.js"
  ],
  "/operator/health": [
    "static/chunks/0y4schyvk01l5.js"
  ],
  "/operator/users": [
    "static/chunks/3twk1d1jz61yw.js"
  ],
  "/order": [
    "static/chunks/3awbmor9ck2jf.js"
  ],
  "/settings": [
    "static/chunks/3o1rxamjr-yqh.js"
  ],
  "/settings/audit": [
    "static/chunks/2fwx587bne-tg.js"
  ],
  "/settings/members": [
    "static/chunks/3n14cmtmko_10.js"
  ],
  "/settings/provider": [
    "static/chunks/3q8ukzc2bjs-c.js"
  ],
  "/settings/sessions": [
    "static/chunks/3gpn2t_zsz4_x.js"
  ],
  "/settings/tokens": [
    "static/chunks/41db-_k-_q9jn.js"
  ],
  "/sign-in": [
    "static/chunks/1hha299p49nli.js"
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
};self.__TURBOPACK_PAGE_BOOTSTRAP = {"/404":{"otherChunks":["static/chunks/2fts3b--24tlm.js"],"runtimeModuleIds":[10783,60299]},"/accept":{"otherChunks":["static/chunks/3ng-j6th4lt6y.js"],"runtimeModuleIds":[10783,19108]},"/activity":{"otherChunks":["static/chunks/1_menmtuzl1ae.js","static/chunks/2_6f8flsz8pk7.js","static/chunks/10sb4glwtxzq_.js","static/chunks/0z8l309w94vnp.js"],"runtimeModuleIds":[10783,89326]},"/environment":{"otherChunks":["static/chunks/451599d2u_ovl.js","static/chunks/2_6f8flsz8pk7.js","static/chunks/10sb4glwtxzq_.js","static/chunks/0z8l309w94vnp.js"],"runtimeModuleIds":[10783,99164]},"/environments":{"otherChunks":["static/chunks/3htlhitee4xpb.js","static/chunks/1n_oa6d42xg72.js","static/chunks/10sb4glwtxzq_.js","static/chunks/0z8l309w94vnp.js"],"runtimeModuleIds":[10783,76932]},"/":{"otherChunks":["static/chunks/11l8llu20d_3y.js"],"runtimeModuleIds":[10783,55075]},"/job":{"otherChunks":["static/chunks/1td4qnbop4tcp.js","static/chunks/2_6f8flsz8pk7.js","static/chunks/10sb4glwtxzq_.js","static/chunks/0z8l309w94vnp.js","static/chunks/0rt6oy9n0c5fe.js"],"runtimeModuleIds":[10783,25529]},"/jobs":{"otherChunks":["static/chunks/23g4vmt8zwksa.js","static/chunks/2_6f8flsz8pk7.js","static/chunks/10sb4glwtxzq_.js","static/chunks/0z8l309w94vnp.js"],"runtimeModuleIds":[10783,64331]},"/order":{"otherChunks":["static/chunks/3lj1kvec-f7tb.js","static/chunks/10sb4glwtxzq_.js","static/chunks/1inbzv53-9rdu.js","static/chunks/0z8l309w94vnp.js"],"runtimeModuleIds":[10783,25473]},"/sign-in":{"otherChunks":["static/chunks/0vqq-z7v-qag3.js"],"runtimeModuleIds":[10783,38591]},"/settings/audit":{"otherChunks":["static/chunks/2oyafbt3lynh_.js","static/chunks/3hyq1f76w_97d.js","static/chunks/10sb4glwtxzq_.js","static/chunks/0z8l309w94vnp.js"],"runtimeModuleIds":[10783,54318]},"/settings":{"otherChunks":["static/chunks/1pvuuvphuo11o.js","static/chunks/0o5fpvavi_byg.js","static/chunks/10sb4glwtxzq_.js","static/chunks/0z8l309w94vnp.js"],"runtimeModuleIds":[10783,44410]},"/settings/members":{"otherChunks":["static/chunks/09bqzl6uklfor.js","static/chunks/10sb4glwtxzq_.js","static/chunks/32zubmxb3cnc0.js","static/chunks/0z8l309w94vnp.js"],"runtimeModuleIds":[10783,45943]},"/settings/provider":{"otherChunks":["static/chunks/2znuf4m6d-67g.js","static/chunks/2vs-2zqokb0jb.js","static/chunks/10sb4glwtxzq_.js","static/chunks/0z8l309w94vnp.js"],"runtimeModuleIds":[10783,24051]},"/settings/sessions":{"otherChunks":["static/chunks/3j7ca86nqw6uc.js","static/chunks/10sb4glwtxzq_.js","static/chunks/20dz7-z71xr1j.js","static/chunks/0z8l309w94vnp.js"],"runtimeModuleIds":[10783,52729]},"/settings/tokens":{"otherChunks":["static/chunks/3gaf4mq9k_ur9.js","static/chunks/2_6f8flsz8pk7.js","static/chunks/10sb4glwtxzq_.js","static/chunks/0z8l309w94vnp.js"],"runtimeModuleIds":[10783,22490]},"/operator/audit":{"otherChunks":["static/chunks/0jbaddmuobcrt.js","static/chunks/3hyq1f76w_97d.js","static/chunks/10sb4glwtxzq_.js","static/chunks/0z8l309w94vnp.js"],"runtimeModuleIds":[10783,28914]},"/operator/dead-letters":{"otherChunks":["static/chunks/1pun1snugjjqg.js","static/chunks/10sb4glwtxzq_.js","static/chunks/02yh8f4m7s17z.js","static/chunks/0z8l309w94vnp.js"],"runtimeModuleIds":[10783,95034]},"/operator/health":{"otherChunks":["static/chunks/2zmq28_30r894.js","static/chunks/2vs-2zqokb0jb.js","static/chunks/10sb4glwtxzq_.js","static/chunks/0z8l309w94vnp.js"],"runtimeModuleIds":[10783,20597]},"/operator":{"otherChunks":["static/chunks/0rr6r1s3-cmnp.js","static/chunks/25si3w3r5x5fq.js","static/chunks/10sb4glwtxzq_.js","static/chunks/0z8l309w94vnp.js"],"runtimeModuleIds":[10783,81492]},"/operator/users":{"otherChunks":["static/chunks/1-m8j9pvf9i-h.js","static/chunks/2vs-2zqokb0jb.js","static/chunks/10sb4glwtxzq_.js","static/chunks/0z8l309w94vnp.js"],"runtimeModuleIds":[10783,60223]},"/_app":{"otherChunks":["static/chunks/0uf5z40m7vn7e.js","static/chunks/2cbigf85h-fsn.js","static/chunks/0lou509ag334g.js","static/chunks/0txno8_qi4ea3.js","static/chunks/17ql9o2a3bbl2.js","static/chunks/3u2ytk5pkg51-.css"],"runtimeModuleIds":[10783,94757]},"/_error":{"otherChunks":["static/chunks/3n_c8q1xtyv-r.js"],"runtimeModuleIds":[10783,80184]}};self.__TURBOPACK_CHUNK_LOADING_GLOBAL = "TURBOPACK";self.__BUILD_MANIFEST_CB && self.__BUILD_MANIFEST_CB()