# SPDX-License-Identifier: Apache-2.0
# SCIM_WARNINGS: puts into WARNINGS what the compiler has to say about a house like this.
AC_DEFUN([SCIM_WARNINGS], [
    WARNINGS=
    for flag in -Wall -Wextra -Wshadow -Wpointer-arith -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
                -Wwrite-strings -Wformat=2 -Wno-format-nonliteral -Wundef -Wvla
    do
        SCIM_SAVED_CFLAGS=$CFLAGS
        CFLAGS="$CFLAGS -Werror $flag"
        AC_COMPILE_IFELSE([AC_LANG_PROGRAM([], [])], [WARNINGS="$WARNINGS $flag"])
        CFLAGS=$SCIM_SAVED_CFLAGS
    done
    AS_IF([test "x$enable_werror" = xyes], [WARNINGS="$WARNINGS -Werror"])
    AC_SUBST([WARNINGS])
])
