/// What this binary was built from; the values come from the package manifest as defines.
#ifndef CBUILDINFO_H
#define CBUILDINFO_H

/// `vMajor.Minor.Patch` of the file `.version`.
const char *cbuildinfo_version(void);
/// Seconds since 1970; 0 for a build without a number.
long long cbuildinfo_build(void);
/// Abbreviated commit, or `unknown`.
const char *cbuildinfo_commit(void);

#endif
