/* A disk that fails: interposes write(2) for LD_PRELOAD.

   $FAULTS names a file that holds "<part of a path> <percent> <errno>". While it is not empty, so many of a hundred writes
   to files whose path has that part fail with errno, or are taken in part only. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef ssize_t (*writer)(int, const void *, size_t);

static uint64_t state = 88172645463325252ull;

static uint64_t roll(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state;
}

/* Whether writes to fd are to fail now, how often and how. */
static int asked(int fd, int *percent, int *number) {
  const char *path = getenv("FAULTS");
  char plan[256], part[128], link[64], name[4096];
  int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  if (file < 0) return 0;
  ssize_t length = read(file, plan, sizeof plan - 1);
  close(file);
  if (length <= 0) return 0;
  plan[length] = 0;
  if (sscanf(plan, "%127s %d %d", part, percent, number) != 3) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  length = readlink(link, name, sizeof name - 1);
  if (length <= 0) return 0;
  name[length] = 0;
  return strstr(name, part) != NULL;
}

ssize_t write(int fd, const void *bytes, size_t count) {
  static writer real;
  int percent = 0, number = 0;
  if (!real) real = (writer)dlsym(RTLD_NEXT, "write");
  if (count && asked(fd, &percent, &number)) {
    uint64_t dice = roll();
    if ((int)(dice % 100) < percent) {
      if (count > 1 && (dice >> 32) % 3 == 0) return real(fd, bytes, 1 + (dice >> 40) % (count - 1));
      errno = number;
      return -1;
    }
  }
  return real(fd, bytes, count);
}
