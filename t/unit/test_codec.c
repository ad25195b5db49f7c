/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "common.h"
#include "scim_codec.h"

#define COUNT(array) (int)(sizeof(array) / sizeof((array)[0]))

/* RFC 4648 section 10; hexadecimal in small letters. */
static const struct {
    const char *plain, *base64, *bare64, *base32, *bare32, *hex;
} vectors[] = {
    { "", "", "", "", "", "" },
    { "f", "Zg==", "Zg", "MY======", "MY", "66" },
    { "fo", "Zm8=", "Zm8", "MZXQ====", "MZXQ", "666f" },
    { "foo", "Zm9v", "Zm9v", "MZXW6===", "MZXW6", "666f6f" },
    { "foob", "Zm9vYg==", "Zm9vYg", "MZXW6YQ=", "MZXW6YQ", "666f6f62" },
    { "fooba", "Zm9vYmE=", "Zm9vYmE", "MZXW6YTB", "MZXW6YTB", "666f6f6261" },
    { "foobar", "Zm9vYmFy", "Zm9vYmFy", "MZXW6YTBOI======", "MZXW6YTBOI", "666f6f626172" },
};

START_TEST(the_vectors_of_the_rfc_are_encoded)
{
    const char *plain = vectors[_i].plain;
    const apr_size_t len = strlen(plain);

    ck_assert_str_eq(scim_base64_encode(plain, len, 1, test_pool), vectors[_i].base64);
    ck_assert_str_eq(scim_base64_encode(plain, len, 0, test_pool), vectors[_i].bare64);
    ck_assert_str_eq(scim_base32_encode(plain, len, 1, test_pool), vectors[_i].base32);
    ck_assert_str_eq(scim_base32_encode(plain, len, 0, test_pool), vectors[_i].bare32);
    ck_assert_str_eq(scim_hex_encode(plain, len, test_pool), vectors[_i].hex);
}
END_TEST

static void check(const char *(*decode)(const char *, apr_size_t *, apr_pool_t *), const char *text,
                  const char *plain)
{
    apr_size_t len = 99;

    ck_assert_pstr_eq(decode(text, &len, test_pool), plain);
    ck_assert_uint_eq(len, strlen(plain));
}

START_TEST(the_vectors_of_the_rfc_are_decoded)
{
    const char *plain = vectors[_i].plain;

    check(scim_base64_decode, vectors[_i].base64, plain);
    check(scim_base64_decode, vectors[_i].bare64, plain);
    check(scim_base32_decode, vectors[_i].base32, plain);
    check(scim_base32_decode, vectors[_i].bare32, plain);
}
END_TEST

START_TEST(every_byte_at_every_place_comes_back)
{
    unsigned char data[256 + 16];
    apr_size_t i, from, len, n;

    for (i = 0; i < sizeof(data); i++)
        data[i] = (unsigned char)i;
    for (from = 0; from < 256; from++) {
        for (len = 0; len <= 16; len++) {
            const char *text = scim_base64_encode(data + from, len, (int)(len & 1), test_pool);

            ck_assert_mem_eq(scim_base64_decode(text, &n, test_pool), data + from, len);
            ck_assert_uint_eq(n, len);
            text = scim_base32_encode(data + from, len, (int)(len & 1), test_pool);
            ck_assert_mem_eq(scim_base32_decode(text, &n, test_pool), data + from, len);
            ck_assert_uint_eq(n, len);
        }
    }
    ck_assert_str_eq(scim_hex_encode("\x00\x09\xA0\xFF", 4, test_pool), "0009a0ff");
    ck_assert_str_eq(scim_base64_encode("\xFB\xFF", 2, 1, test_pool), "+/8=");
}
END_TEST

START_TEST(leftover_bits_are_ignored)
{
    check(scim_base64_decode, "Zh==", "f");
    check(scim_base64_decode, "Zm9", "fo");
    check(scim_base32_decode, "MZ", "f");
}
END_TEST

static const char *const bad64[] = {
    "Z", "Zm9vY", "Z===", "=", "====", "Zg=", "Zg===", "Zg==Zg==", "Z=g=", "Zm9v====", "Zm9v=",
    "Zm 9v", "Zm9v\n", "Zm-_", "Zm9\xC3", "Zg==x",
};
static const char *const bad32[] = {
    "M", "MZX", "MZXW6Y", "M=======", "MY=====", "MY=======", "========", "mzxw6ytb", "MZXW6YT1",
    "MZXW6YT0", "MZXW6YT8", "MZ XQ", "MY======MY======",
};

START_TEST(what_is_no_base64_is_refused)
{
    apr_size_t len;

    ck_assert_ptr_null(scim_base64_decode(bad64[_i], &len, test_pool));
}
END_TEST

START_TEST(what_is_no_base32_is_refused)
{
    apr_size_t len;

    ck_assert_ptr_null(scim_base32_decode(bad32[_i], &len, test_pool));
}
END_TEST

/* RFC 9562 section 5.4 */
START_TEST(uuids_are_random)
{
    const char *uuid = scim_uuid(test_pool);

    ck_assert_uint_eq(strlen(uuid), 36);
    ck_assert_uint_eq(strspn(uuid, "0123456789abcdef-"), 36);
    ck_assert(uuid[8] == '-' && uuid[13] == '-' && uuid[18] == '-' && uuid[23] == '-');
    ck_assert_int_eq(uuid[14], '4');
    ck_assert_ptr_nonnull(strchr("89ab", uuid[19]));
    ck_assert_str_ne(uuid, scim_uuid(test_pool));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("codec");
    TCase *tc = tcase_create("codec");

    suite_add_tcase(suite, tc);
    tcase_add_checked_fixture(tc, test_setup, test_teardown);
    tcase_add_loop_test(tc, the_vectors_of_the_rfc_are_encoded, 0, COUNT(vectors));
    tcase_add_loop_test(tc, the_vectors_of_the_rfc_are_decoded, 0, COUNT(vectors));
    tcase_add_test(tc, every_byte_at_every_place_comes_back);
    tcase_add_test(tc, leftover_bits_are_ignored);
    tcase_add_loop_test(tc, what_is_no_base64_is_refused, 0, COUNT(bad64));
    tcase_add_loop_test(tc, what_is_no_base32_is_refused, 0, COUNT(bad32));
    tcase_add_loop_test(tc, uuids_are_random, 0, 20);
    return test_run(suite);
}
