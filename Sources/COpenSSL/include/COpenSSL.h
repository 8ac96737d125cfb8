/* OpenSSL 3 behind plain functions: macros, callbacks and reference counts stay on the C side, and no OpenSSL header
 * reaches Swift. Functions returning int give 1 for success and 0 for failure unless they say otherwise. */
#ifndef ARTICDBM_COPENSSL_H
#define ARTICDBM_COPENSSL_H

#include <stddef.h>
#include <stdint.h>

/* ---- Primitives: thread safe, algorithms fetched once per process. ---- */

enum { COSSL_MD5 = 0, COSSL_SHA1 = 1, COSSL_SHA256 = 2 };

int cossl_random(void *out, size_t length);
/* 1 when both runs are the same; the time depends on `length` only. */
int cossl_equal(const void *a, const void *b, size_t length);
/* Zeroes memory in a way the optimiser keeps. */
void cossl_cleanse(void *memory, size_t length);
/* `out` takes 16, 20 or 32 bytes. Fails where the provider lacks the algorithm (MD5 under FIPS). */
int cossl_digest(int algorithm, const void *data, size_t length, uint8_t *out);
int cossl_hmac_sha256(const void *key, size_t key_length, const void *data, size_t length, uint8_t out[32]);
int cossl_pbkdf2_sha256(
    const void *password, size_t password_length, const void *salt, size_t salt_length, int iterations,
    uint8_t out[32]);

/* A SHA-256 that is fed piece by piece, one thread at a time; finishing it begins the next. */
typedef struct evp_md_ctx_st cossl_sha256;

cossl_sha256 *cossl_sha256_new(void);
void cossl_sha256_free(cossl_sha256 *hash);
int cossl_sha256_update(cossl_sha256 *hash, const void *data, size_t length);
int cossl_sha256_finish(cossl_sha256 *hash, uint8_t out[32]);

/* Ed25519 (RFC 8032): a private key is its seed of 32 bytes. */
int cossl_ed25519_public_key(const uint8_t seed[32], uint8_t out[32]);
int cossl_ed25519_sign(const uint8_t seed[32], const void *data, size_t length, uint8_t signature[64]);
/* 1 only when the signature is good. */
int cossl_ed25519_verify(const uint8_t key[32], const void *data, size_t length, const uint8_t signature[64]);

/* ---- Contexts: written during set-up, read-only and shared by all threads afterwards. ---- */

typedef struct ssl_ctx_st cossl_context;

enum { COSSL_TLS12 = 0x0303, COSSL_TLS13 = 0x0304 };
enum { COSSL_VERIFY_NONE = 0, COSSL_VERIFY_OPTIONAL = 1, COSSL_VERIFY_REQUIRED = 2 };
/* Which step of cossl_context_use_certificate failed. */
enum { COSSL_CERTIFICATE_OK = 0, COSSL_CERTIFICATE_CHAIN = 1, COSSL_CERTIFICATE_KEY = 2, COSSL_CERTIFICATE_PAIR = 3 };

cossl_context *cossl_context_new(int server);
void cossl_context_free(cossl_context *context);
/* `maximum` 0 means the newest there is. */
int cossl_context_set_versions(cossl_context *context, int minimum, int maximum);
/* Null leaves OpenSSL's default. */
int cossl_context_set_ciphers(cossl_context *context, const char *tls12, const char *tls13, const char *groups);
int cossl_context_use_certificate(cossl_context *context, const char *chain_file, const char *key_file);
/* Trusts the file's certificates; a server also names them to clients. */
int cossl_context_trust_file(cossl_context *context, const char *file, int server);
int cossl_context_trust_system(cossl_context *context);
/* Loads every CRL of a PEM file and demands one for each certificate of a chain. */
int cossl_context_add_crls(cossl_context *context, const char *file);
void cossl_context_set_verification(cossl_context *context, int mode);
/* `list` is in wire form: a length byte before each name. */
int cossl_context_set_alpn(cossl_context *context, const uint8_t *list, size_t length, int server);
/* Tickets are accepted only by contexts of the same name, verification mode and own certificate. */
int cossl_context_set_session_scope(cossl_context *context, const void *name, size_t length);
/* Replaces the ticket key of the process; tickets of the key before stay valid until the next time. */
int cossl_tickets_rotate(void);

/* ---- Sessions: one thread at a time. ---- */

typedef struct ssl_st cossl_session;

/* Results of handshake, read and write other than a positive count or 1; a failure is -(COSSL_FAILED + errno). */
enum { COSSL_END = 0, COSSL_WANT_READ = -1, COSSL_WANT_WRITE = -2, COSSL_FAILED = 1000 };

cossl_session *cossl_server_session_new(cossl_context *context, int descriptor);
/* `host` is the key of the session cache; with `check_host` the certificate must carry it; `send_name` sends SNI. */
cossl_session *cossl_client_session_new(
    cossl_context *context, int descriptor, const char *host, int check_host, int send_name);
void cossl_session_free(cossl_session *session);
/* 1 when done. */
long cossl_session_handshake(cossl_session *session);
/* Fills as much of `buffer` as has arrived; COSSL_END is a close_notify. */
long cossl_session_read(cossl_session *session, void *buffer, size_t length);
long cossl_session_write(cossl_session *session, const void *data, size_t length);
int cossl_session_has_pending(const cossl_session *session);
/* 1 when neither OpenSSL nor, by its last short or refused read, the kernel holds more input. */
int cossl_session_is_drained(const cossl_session *session);
void cossl_session_shutdown(cossl_session *session);

/* The first entry of the error queue at the failure, 0 when there was none, and its text (static, or null). */
unsigned long cossl_session_error(const cossl_session *session);
/* X509_V_OK is 0. The text is static. */
long cossl_session_verify_result(const cossl_session *session);
const char *cossl_verify_text(long result);
const char *cossl_error_text(unsigned long code);
/* Takes the first entry off the thread's error queue and clears the rest. */
unsigned long cossl_take_error(void);

const char *cossl_session_version(const cossl_session *session);
const char *cossl_session_cipher(const cossl_session *session);
int cossl_session_cipher_bits(const cossl_session *session);
int cossl_session_was_resumed(const cossl_session *session);
/* The name the client asked for, or null. Valid as long as the session. */
const char *cossl_session_server_name(const cossl_session *session);
const uint8_t *cossl_session_alpn(const cossl_session *session, size_t *length);

/* ---- Certificates of a session. ---- */

enum { COSSL_NAME_CN = 0, COSSL_NAME_DN = 1, COSSL_NAME_DNS = 2, COSSL_NAME_EMAIL = 3 };

/* `text` is UTF-8 without terminator. */
typedef void (*cossl_name_visitor)(void *visitor_context, int kind, const uint8_t *text, size_t length);

int cossl_session_has_peer_certificate(const cossl_session *session);
/* Calls back for the subject's common name, the subject and each DNS and e-mail name; names with a NUL are left out. */
void cossl_session_visit_peer_names(const cossl_session *session, cossl_name_visitor visitor, void *visitor_context);
/* RFC 5929 §4.1. `out` takes 64 bytes; the length, or 0 where the binding is undefined (no hash in the signature). */
size_t cossl_session_server_end_point(const cossl_session *session, int server, uint8_t *out);

#endif
