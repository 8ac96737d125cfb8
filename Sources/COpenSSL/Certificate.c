#include "Internal.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <string.h>

int cossl_verify_again(SSL *session, X509 *leaf, STACK_OF(X509) *chain) {
    X509_STORE *store = SSL_CTX_get_cert_store(SSL_get_SSL_CTX(session));
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    int good = 0;
    if (context != NULL && X509_STORE_CTX_init(context, store, leaf, chain)) {
        /* As libssl prepares its own verification: purpose by role, then the session's host name and level. */
        X509_STORE_CTX_set_default(context, SSL_is_server(session) ? "ssl_client" : "ssl_server");
        X509_VERIFY_PARAM *parameters = X509_STORE_CTX_get0_param(context);
        X509_VERIFY_PARAM_set_auth_level(parameters, SSL_get_security_level(session));
        good = X509_VERIFY_PARAM_set1(parameters, SSL_get0_param(session)) && X509_verify_cert(context) == 1;
    }
    X509_STORE_CTX_free(context);
    /* Whatever it left in the queue is no error of the call that is under way. */
    ERR_clear_error();
    return good;
}

static void visit_string(const ASN1_STRING *string, int kind, cossl_name_visitor visitor, void *visitor_context) {
    unsigned char *text = NULL;
    int length = ASN1_STRING_to_UTF8(&text, string);
    /* "good.example\0.evil.example" must not be read as its beginning. */
    if (length > 0 && memchr(text, 0, (size_t)length) == NULL) visitor(visitor_context, kind, text, (size_t)length);
    if (length >= 0) OPENSSL_free(text);
}

static void visit_subject(X509 *certificate, cossl_name_visitor visitor, void *visitor_context) {
    const X509_NAME *subject = X509_get_subject_name(certificate);
    int position = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
    if (position >= 0) {
        const X509_NAME_ENTRY *entry = X509_NAME_get_entry(subject, position);
        visit_string(X509_NAME_ENTRY_get_data(entry), COSSL_NAME_CN, visitor, visitor_context);
    }
    BIO *memory = BIO_new(BIO_s_mem());
    if (memory != NULL && X509_NAME_print_ex(memory, subject, 0, XN_FLAG_RFC2253) >= 0) {
        char *text = NULL;
        long length = BIO_get_mem_data(memory, &text);
        if (length > 0) visitor(visitor_context, COSSL_NAME_DN, (const uint8_t *)text, (size_t)length);
    }
    BIO_free(memory);
}

int cossl_session_has_peer_certificate(const cossl_session *session) {
    return SSL_get0_peer_certificate(session) != NULL;
}

void cossl_session_visit_peer_names(const cossl_session *session, cossl_name_visitor visitor, void *visitor_context) {
    ERR_clear_error();
    X509 *certificate = SSL_get0_peer_certificate(session);
    if (certificate == NULL) return;
    visit_subject(certificate, visitor, visitor_context);
    GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    for (int index = 0; index < sk_GENERAL_NAME_num(names); index++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, index);
        if (name->type == GEN_DNS) visit_string(name->d.dNSName, COSSL_NAME_DNS, visitor, visitor_context);
        if (name->type == GEN_EMAIL) visit_string(name->d.rfc822Name, COSSL_NAME_EMAIL, visitor, visitor_context);
    }
    GENERAL_NAMES_free(names);
    ERR_clear_error();
}

size_t cossl_session_server_end_point(const cossl_session *session, int server, uint8_t *out) {
    ERR_clear_error();
    X509 *certificate = server ? SSL_get_certificate(session) : SSL_get0_peer_certificate(session);
    int hash = NID_undef;
    if (certificate == NULL || !X509_get_signature_info(certificate, &hash, NULL, NULL, NULL)) hash = NID_undef;
    if (hash == NID_undef) {
        ERR_clear_error();
        return 0;
    }
    /* MD5 and SHA-1 are replaced by SHA-256; any other hash is the signature's own. */
    const EVP_MD *digest = hash == NID_md5 || hash == NID_sha1 ? EVP_sha256() : EVP_get_digestbynid(hash);
    unsigned length = 0;
    int done = digest != NULL && X509_digest(certificate, digest, out, &length);
    ERR_clear_error();
    return done ? length : 0;
}
