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
    "static/chunks/2e124efmnf8dd.js"
  ],
  "/activity": [
    "static/chunks/3c43adhng33za.js"
  ],
  "/environment": [
    "static/chunks/3pwq6vfmxmxvm.js"
  ],
  "/environments": [
    "static/chunks/1i3a136jk-q28.js"
  ],
  "/job": [
    "static/chunks/0k54o1eej8qs6.js"
  ],
  "/jobs": [
    "static/chunks/1l-2fb2fy3jk6.js"
  ],
  "/operator": [
    "static/chunks/06_4ov4yqzyzz.js"
  ],
  "/operator/audit": [
    "static/chunks/2bozjf-i1v_x-.js"
  ],
  "/operator/dead-letters": [
    "static/chunks/2mber4k9btka1.js"
  ],
  "/operator/health": [
    "static/chunks/0ope7hweda57v.js"
  ],
  "/operator/users": [
    "static/chunks/0vhob53fdp07j.js"
  ],
  "/order": [
    "static/chunks/1iy7r6jgwet69.js"
  ],
  "/settings": [
    "static/chunks/1ef90p7piw6g4.js"
  ],
  "/settings/audit": [
    "static/chunks/0aiytd32p3alh.js"
  ],
  "/settings/members": [
    "static/chunks/3p73b_cdo2g33.js"
  ],
  "/settings/provider": [
    "static/chunks/1fcptvlzcmer4.js"
  ],
  "/settings/sessions": [
    "static/chunks/28s-er_ydetld.js"
  ],
  "/settings/tokens": [
    "static/chunks/299y5r0jbw1d7.js"
  ],
  "/sign-in": [
    "static/chunks/2x58bf82ag5cs.js"
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
};self.__TURBOPACK_PAGE_BOOTSTRAP = {"/404":{"otherChunks":["static/chunks/2fts3b--24tlm.js"],"runtimeModuleIds":[10783,60299]},"/accept":{"otherChunks":["static/chunks/2uksia8pfltdk.js"],"runtimeModuleIds":[10783,19108]},"/activity":{"otherChunks":["static/chunks/2gw2xfj9nod-7.js","static/chunks/3jy5ufwz9xday.js","static/chunks/06y1tkpi02sth.js","static/chunks/1s040gcn7lz81.js"],"runtimeModuleIds":[10783,89326]},"/environment":{"otherChunks":["static/chunks/18auuse-54q53.js","static/chunks/3jy5ufwz9xday.js","static/chunks/109e4qzceab4p.js","static/chunks/1s040gcn7lz81.js"],"runtimeModuleIds":[10783,99164]},"/environments":{"otherChunks":["static/chunks/3htlhitee4xpb.js","static/chunks/3jy5ufwz9xday.js","static/chunks/3996ery-wjha3.js","static/chunks/1s040gcn7lz81.js"],"runtimeModuleIds":[10783,76932]},"/":{"otherChunks":["static/chunks/11l8llu20d_3y.js"],"runtimeModuleIds":[10783,55075]},"/job":{"otherChunks":["static/chunks/3tu1at4tpn92t.js","static/chunks/3jy5ufwz9xday.js","static/chunks/109e4qzceab4p.js","static/chunks/1s040gcn7lz81.js"],"runtimeModuleIds":[10783,25529]},"/jobs":{"otherChunks":["static/chunks/437obha56szrr.js","static/chunks/3jy5ufwz9xday.js","static/chunks/109e4qzceab4p.js","static/chunks/1s040gcn7lz81.js"],"runtimeModuleIds":[10783,64331]},"/order":{"otherChunks":["static/chunks/3lj1kvec-f7tb.js","static/chunks/3jy5ufwz9xday.js","static/chunks/26od5816b-fyg.js","static/chunks/1s040gcn7lz81.js"],"runtimeModuleIds":[10783,25473]},"/sign-in":{"otherChunks":["static/chunks/27emo9wn6tz2u.js"],"runtimeModuleIds":[10783,38591]},"/settings/audit":{"otherChunks":["static/chunks/2oyafbt3lynh_.js","static/chunks/0-xeapbjg5ivd.js","static/chunks/3jy5ufwz9xday.js","static/chunks/1s040gcn7lz81.js"],"runtimeModuleIds":[10783,54318]},"/settings":{"otherChunks":["static/chunks/37klo_6g6i9zy.js","static/chunks/3jy5ufwz9xday.js","static/chunks/26tk5ngyz81pw.js","static/chunks/1s040gcn7lz81.js"],"runtimeModuleIds":[10783,44410]},"/settings/members":{"otherChunks":["static/chunks/09bqzl6uklfor.js","static/chunks/3jy5ufwz9xday.js","static/chunks/2swzi2u9pgo9p.js","static/chunks/1s040gcn7lz81.js"],"runtimeModuleIds":[10783,45943]},"/settings/provider":{"otherChunks":["static/chunks/2znuf4m6d-67g.js","static/chunks/1xt3-4d4pztto.js","static/chunks/3jy5ufwz9xday.js","static/chunks/1s040gcn7lz81.js"],"runtimeModuleIds":[10783,24051]},"/settings/sessions":{"otherChunks":["static/chunks/3j7ca86nqw6uc.js","static/chunks/3jy5ufwz9xday.js","static/chunks/3noa18l8jfpoy.js","static/chunks/1s040gcn7lz81.js"],"runtimeModuleIds":[10783,52729]},"/settings/tokens":{"otherChunks":["static/chunks/1mgua6lquqj7-.js","static/chunks/3jy5ufwz9xday.js","static/chunks/0lluevrzla70h.js","static/chunks/1s040gcn7lz81.js"],"runtimeModuleIds":[10783,22490]},"/operator/audit":{"otherChunks":["static/chunks/0jbaddmuobcrt.js","static/chunks/0-xeapbjg5ivd.js","static/chunks/3jy5ufwz9xday.js","static/chunks/1s040gcn7lz81.js"],"runtimeModuleIds":[10783,28914]},"/operator/dead-letters":{"otherChunks":["static/chunks/1pun1snugjjqg.js","static/chunks/3jy5ufwz9xday.js","static/chunks/0ylmhfk_k17oi.js","static/chunks/1s040gcn7lz81.js"],"runtimeModuleIds":[10783,95034]},"/operator/health":{"otherChunks":["static/chunks/2zmq28_30r894.js","static/chunks/1xt3-4d4pztto.js","static/chunks/3jy5ufwz9xday.js","static/chunks/1s040gcn7lz81.js"],"runtimeModuleIds":[10783,20597]},"/operator":{"otherChunks":["static/chunks/3g8o9rekhd8ff.js","static/chunks/3jy5ufwz9xday.js","static/chunks/1we99tovxfu1r.js","static/chunks/1s040gcn7lz81.js"],"runtimeModuleIds":[10783,81492]},"/operator/users":{"otherChunks":["static/chunks/1-m8j9pvf9i-h.js","static/chunks/1xt3-4d4pztto.js","static/chunks/3jy5ufwz9xday.js","static/chunks/1s040gcn7lz81.js"],"runtimeModuleIds":[10783,60223]},"/_app":{"otherChunks":["static/chunks/0uf5z40m7vn7e.js","static/chunks/2cbigf85h-fsn.js","static/chunks/0lou509ag334g.js","static/chunks/0txno8_qi4ea3.js","static/chunks/095t23bk72cqq.js","static/chunks/3u2ytk5pkg51-.css"],"runtimeModuleIds":[10783,94757]},"/_error":{"otherChunks":["static/chunks/3n_c8q1xtyv-r.js"],"runtimeModuleIds":[10783,80184]}};self.__TURBOPACK_CHUNK_LOADING_GLOBAL = "TURBOPACK";self.__BUILD_MANIFEST_CB && self.__BUILD_MANIFEST_CB()