#include "COpenSSL.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <string.h>

/* Fetched once: looking an algorithm up costs more than hashing a short message. */
static EVP_MD *digests[3];
static pthread_once_t fetched = PTHREAD_ONCE_INIT;

static void fetch(void) {
    digests[COSSL_MD5] = EVP_MD_fetch(NULL, "MD5", NULL);
    digests[COSSL_SHA1] = EVP_MD_fetch(NULL, "SHA1", NULL);
    digests[COSSL_SHA256] = EVP_MD_fetch(NULL, "SHA256", NULL);
}

/* A request to OpenSSL's generator costs some microseconds whatever its size: small ones are served from a stock of the
   thread's own, each byte of which is wiped as it is given out. The process never forks without exec. */
enum { STOCK = 512, SMALL = 64 };
static __thread uint8_t stock[STOCK];
static __thread size_t stocked;

int cossl_random(void *out, size_t length) {
    if (length > SMALL) return RAND_bytes_ex(NULL, out, length, 0) == 1;
    if (stocked < length) {
        if (RAND_bytes_ex(NULL, stock, STOCK, 0) != 1) return 0;
        stocked = STOCK;
    }
    stocked -= length;
    memcpy(out, stock + stocked, length);
    OPENSSL_cleanse(stock + stocked, length);
    return 1;
}

int cossl_equal(const void *a, const void *b, size_t length) { return CRYPTO_memcmp(a, b, length) == 0; }

void cossl_cleanse(void *memory, size_t length) { OPENSSL_cleanse(memory, length); }

int cossl_digest(int algorithm, const void *data, size_t length, uint8_t *out) {
    pthread_once(&fetched, fetch);
    if (algorithm < COSSL_MD5 || algorithm > COSSL_SHA256 || digests[algorithm] == NULL) return 0;
    return EVP_Digest(data, length, out, NULL, digests[algorithm], NULL) == 1;
}

/* RFC 2104 on the digest itself: EVP_MAC costs ten times the hashing of a short message. */
int cossl_hmac_sha256(const void *key, size_t key_length, const void *data, size_t length, uint8_t out[32]) {
    enum { BLOCK = 64, SIZE = 32 };
    static __thread EVP_MD_CTX *context;
    pthread_once(&fetched, fetch);
    const EVP_MD *sha256 = digests[COSSL_SHA256];
    if (sha256 == NULL) return 0;
    if (context == NULL && (context = EVP_MD_CTX_new()) == NULL) return 0;
    uint8_t pad[BLOCK] = {0};
    uint8_t inner[SIZE];
    if (key_length > BLOCK) {
        if (EVP_Digest(key, key_length, pad, NULL, sha256, NULL) != 1) return 0;
    } else if (key_length > 0) {
        memcpy(pad, key, key_length);
    }
    for (size_t index = 0; index < BLOCK; index++) pad[index] ^= 0x36;
    int done = EVP_DigestInit_ex2(context, sha256, NULL) == 1 && EVP_DigestUpdate(context, pad, BLOCK) == 1
        && EVP_DigestUpdate(context, data, length) == 1 && EVP_DigestFinal_ex(context, inner, NULL) == 1;
    for (size_t index = 0; index < BLOCK; index++) pad[index] ^= 0x36 ^ 0x5c;
    done = done && EVP_DigestInit_ex2(context, sha256, NULL) == 1 && EVP_DigestUpdate(context, pad, BLOCK) == 1
        && EVP_DigestUpdate(context, inner, SIZE) == 1 && EVP_DigestFinal_ex(context, out, NULL) == 1;
    OPENSSL_cleanse(pad, BLOCK);
    OPENSSL_cleanse(inner, SIZE);
    return done;
}

int cossl_pbkdf2_sha256(
    const void *password, size_t password_length, const void *salt, size_t salt_length, int iterations,
    uint8_t out[32]) {
    pthread_once(&fetched, fetch);
    if (digests[COSSL_SHA256] == NULL || iterations < 1 || password_length > 0x7fffffff || salt_length > 0x7fffffff)
        return 0;
    /* A null password means "as a C string" to OpenSSL. */
    const char *bytes = password_length > 0 ? password : "";
    return PKCS5_PBKDF2_HMAC(
               bytes, (int)password_length, salt, (int)salt_length, iterations, digests[COSSL_SHA256], 32, out) == 1;
}
