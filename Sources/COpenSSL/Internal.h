/* Shared by the TLS parts of this module. */
#ifndef ARTICDBM_COPENSSL_INTERNAL_H
#define ARTICDBM_COPENSSL_INTERNAL_H

#include "COpenSSL.h"
#include <openssl/ssl.h>

/* Installs the process-wide ticket keys in a server's context. */
int cossl_tickets_install(SSL_CTX *context);

/* Gives a client's context its session cache. */
int cossl_cache_install(SSL_CTX *context);
/* Names the peer of a session for the cache, and offers it a cached session that still verifies. */
int cossl_cache_offer(SSL *session, const char *host);

/* Verifies a stored certificate again, by the present trust, CRLs, clock and the session's host name. */
int cossl_verify_again(SSL *session, X509 *leaf, STACK_OF(X509) *chain);

/* A socket BIO that remembers whether the kernel still holds input. */
int cossl_attach(SSL *session, int descriptor);

#endif
