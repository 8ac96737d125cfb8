#include "CBuildInfo.h"

#ifndef ARTICDBM_VERSION
#define ARTICDBM_VERSION "v0.0.0"
#endif
#ifndef ARTICDBM_BUILD
#define ARTICDBM_BUILD 0
#endif
#ifndef ARTICDBM_COMMIT
#define ARTICDBM_COMMIT "unknown"
#endif

const char *cbuildinfo_version(void) { return ARTICDBM_VERSION; }
long long cbuildinfo_build(void) { return ARTICDBM_BUILD; }
const char *cbuildinfo_commit(void) { return ARTICDBM_COMMIT; }
