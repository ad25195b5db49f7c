/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIMP_TRANSLATE_H
#define SCIMP_TRANSLATE_H

/**
 * @file scimp_translate.h
 * From URL to system, resource type and id: what we do in httpd's phases before authentication.
 */

#include <httpd.h>

int scimp_hook_pre_translate(request_rec *r);
int scimp_hook_translate(request_rec *r);
int scimp_hook_map_to_storage(request_rec *r);
int scimp_hook_post_perdir(request_rec *r);
int scimp_hook_type_checker(request_rec *r);
int scimp_hook_fixups(request_rec *r);

#endif
