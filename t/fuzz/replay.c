/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The main() of a fuzz target where there is no libFuzzer: runs the target over the files given, and over the
 * files in the directories given. A target that finds something aborts; the name printed last is the
 * culprit's.
 */

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replayed;

static int complain(const char *path)
{
    perror(path);
    return -1;
}

/* The input in memory of exactly its size, so that a sanitizer sees who reads past its end. */
static int replay_file(const char *path, size_t size)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = malloc(size ? size : 1);
    const size_t n = file && data ? fread(data, 1, size, file) : 0;

    if (file)
        fclose(file);
    if (!file || !data || n != size) {
        free(data);
        return complain(path);
    }
    printf("%s\n", path);
    fflush(stdout);
    LLVMFuzzerTestOneInput(data, size);
    replayed++;
    free(data);
    return 0;
}

static int replay_directory(const char *path)
{
    DIR *directory = opendir(path);
    const struct dirent *entry;
    int rc = 0;

    if (!directory)
        return complain(path);
    while ((entry = readdir(directory)) != NULL) {
        char file[4096];
        struct stat status;

        if (snprintf(file, sizeof(file), "%s/%s", path, entry->d_name) >= (int)sizeof(file)
            || stat(file, &status) != 0)
            rc = complain(entry->d_name);
        else if (S_ISREG(status.st_mode) && replay_file(file, (size_t)status.st_size) != 0)
            rc = -1;
    }
    closedir(directory);
    return rc;
}

int main(int argc, char **argv)
{
    struct stat status;
    int i, rc = 0;

    for (i = 1; i < argc; i++) {
        if (stat(argv[i], &status) != 0)
            rc = complain(argv[i]);
        else if (S_ISDIR(status.st_mode) ? replay_directory(argv[i])
                                         : replay_file(argv[i], (size_t)status.st_size))
            rc = -1;
    }
    printf("%d inputs\n", replayed);
    return rc || !replayed ? EXIT_FAILURE : EXIT_SUCCESS;
}
