#include "Internal.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct alpn {
    unsigned length;
    uint8_t list[];
};

static pthread_once_t index_made = PTHREAD_ONCE_INIT;
static int alpn_index = -1;

static void free_alpn(void *parent, void *pointer, CRYPTO_EX_DATA *data, int index, long argument, void *other) {
    (void)parent, (void)data, (void)index, (void)argument, (void)other;
    free(pointer);
}

static void make_index(void) { alpn_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, free_alpn); }

/* OpenSSL's default asks the terminal for the passphrase of an encrypted key. */
static int on_passphrase(char *buffer, int size, int writing, void *unused) {
    (void)buffer, (void)size, (void)writing, (void)unused;
    return -1;
}

/* Acknowledges any name; what to do with it is decided above, from the finished session. */
static int on_server_name(SSL *session, int *alert, void *unused) {
    (void)session, (void)alert, (void)unused;
    return SSL_TLSEXT_ERR_OK;
}

/* No common protocol ends the handshake (RFC 7301 §3.2), as PostgreSQL has it. */
static int on_alpn(
    SSL *session, const unsigned char **chosen, unsigned char *length, const unsigned char *offered, unsigned size,
    void *pointer) {
    (void)session;
    const struct alpn *own = pointer;
    unsigned char *out;
    int status = SSL_select_next_proto(&out, length, own->list, own->length, offered, size);
    *chosen = out;
    return status == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

cossl_context *cossl_context_new(int server) {
    pthread_once(&index_made, make_index);
    ERR_clear_error();
    SSL_CTX *context = SSL_CTX_new(server ? TLS_server_method() : TLS_client_method());
    if (context == NULL) return NULL;
    SSL_CTX_set_mode(
        context,
        SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    /* The sender of a truncated stream is a liar or gone, so IGNORE_UNEXPECTED_EOF stays off. */
    SSL_CTX_clear_options(context, SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_options(
        context,
        SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_max_early_data(context, 0);
    SSL_CTX_set_default_passwd_cb(context, on_passphrase);
    int ready = alpn_index >= 0;
    if (server) {
        SSL_CTX_set_tlsext_servername_callback(context, on_server_name);
        ready = ready && cossl_tickets_install(context);
    } else {
        ready = ready && cossl_cache_install(context);
    }
    if (ready) return context;
    SSL_CTX_free(context);
    return NULL;
}

void cossl_context_free(cossl_context *context) { SSL_CTX_free(context); }

int cossl_context_set_versions(cossl_context *context, int minimum, int maximum) {
    ERR_clear_error();
    return SSL_CTX_set_min_proto_version(context, minimum) && SSL_CTX_set_max_proto_version(context, maximum);
}

int cossl_context_set_ciphers(cossl_context *context, const char *tls12, const char *tls13, const char *groups) {
    ERR_clear_error();
    return (tls12 == NULL || SSL_CTX_set_cipher_list(context, tls12))
        && (tls13 == NULL || SSL_CTX_set_ciphersuites(context, tls13))
        && (groups == NULL || SSL_CTX_set1_groups_list(context, groups));
}

int cossl_context_use_certificate(cossl_context *context, const char *chain_file, const char *key_file) {
    ERR_clear_error();
    if (SSL_CTX_use_certificate_chain_file(context, chain_file) != 1) return COSSL_CERTIFICATE_CHAIN;
    if (SSL_CTX_use_PrivateKey_file(context, key_file, SSL_FILETYPE_PEM) != 1) {
        int mismatch = ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH;
        return mismatch ? COSSL_CERTIFICATE_PAIR : COSSL_CERTIFICATE_KEY;
    }
    return SSL_CTX_check_private_key(context) == 1 ? COSSL_CERTIFICATE_OK : COSSL_CERTIFICATE_PAIR;
}

int cossl_context_trust_file(cossl_context *context, const char *file, int server) {
    ERR_clear_error();
    if (SSL_CTX_load_verify_file(context, file) != 1) return 0;
    if (!server) return 1;
    STACK_OF(X509_NAME) *names = SSL_load_client_CA_file(file);
    if (names == NULL) return 0;
    SSL_CTX_set_client_CA_list(context, names);
    return 1;
}

int cossl_context_trust_system(cossl_context *context) {
    ERR_clear_error();
    return SSL_CTX_set_default_verify_paths(context);
}

int cossl_context_add_crls(cossl_context *context, const char *file) {
    ERR_clear_error();
    X509_STORE *store = SSL_CTX_get_cert_store(context);
    BIO *input = BIO_new_file(file, "r");
    if (input == NULL) return 0;
    int loaded = 0;
    int good = 1;
    X509_CRL *crl;
    while (good && (crl = PEM_read_bio_X509_CRL(input, NULL, on_passphrase, NULL)) != NULL) {
        good = X509_STORE_add_crl(store, crl);
        loaded += good;
        X509_CRL_free(crl);
    }
    BIO_free(input);
    /* The end of the file reads as "no start line"; anything else is a broken CRL. */
    unsigned long last = ERR_peek_last_error();
    if (!good || loaded == 0 || ERR_GET_LIB(last) != ERR_LIB_PEM || ERR_GET_REASON(last) != PEM_R_NO_START_LINE)
        return 0;
    ERR_clear_error();
    return X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
}

void cossl_context_set_verification(cossl_context *context, int mode) {
    int flags = mode == COSSL_VERIFY_NONE ? SSL_VERIFY_NONE : SSL_VERIFY_PEER;
    if (mode == COSSL_VERIFY_REQUIRED) flags |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    SSL_CTX_set_verify(context, flags, NULL);
}

int cossl_context_set_alpn(cossl_context *context, const uint8_t *list, size_t length, int server) {
    ERR_clear_error();
    /* This one call says 0 for success. */
    if (!server) return SSL_CTX_set_alpn_protos(context, list, (unsigned)length) == 0;
    struct alpn *own = malloc(sizeof *own + length);
    if (own == NULL) return 0;
    own->length = (unsigned)length;
    memcpy(own->list, list, length);
    free(SSL_CTX_get_ex_data(context, alpn_index));
    if (!SSL_CTX_set_ex_data(context, alpn_index, own)) {
        free(own);
        return 0;
    }
    SSL_CTX_set_alpn_select_cb(context, on_alpn, own);
    return 1;
}

/* The own certificate is part of the scope: a client that resumes keeps the certificate of the first handshake for
 * its channel binding, which must be the one this side hashes. */
int cossl_context_set_session_scope(cossl_context *context, const void *name, size_t length) {
    ERR_clear_error();
    unsigned char scope[EVP_MAX_MD_SIZE];
    unsigned char certificate[EVP_MAX_MD_SIZE] = {0};
    unsigned size = 0;
    unsigned char mode = (unsigned char)SSL_CTX_get_verify_mode(context);
    X509 *own = SSL_CTX_get0_certificate(context);
    if (own != NULL && !X509_digest(own, EVP_sha256(), certificate, &size)) return 0;
    EVP_MD_CTX *hash = EVP_MD_CTX_new();
    int done = hash != NULL && EVP_DigestInit_ex(hash, EVP_sha256(), NULL) && EVP_DigestUpdate(hash, &mode, 1)
        && EVP_DigestUpdate(hash, certificate, size) && EVP_DigestUpdate(hash, name, length)
        && EVP_DigestFinal_ex(hash, scope, &size) && SSL_CTX_set_session_id_context(context, scope, size);
    EVP_MD_CTX_free(hash);
    return done;
}
