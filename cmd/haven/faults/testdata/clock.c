/* Lets the clock of one process jump: HAVEN_CLOCK names a file with a signed number of seconds in eight bytes, which are
   added to what the kernel says of the day. The monotonic clock stays. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile long *jump;

__attribute__((constructor)) static void begin(void) {
	const char *path = getenv("HAVEN_CLOCK");
	int fd = path ? open(path, O_RDONLY) : -1;
	if (fd < 0) return;
	void *at = mmap(NULL, sizeof *jump, PROT_READ, MAP_SHARED, fd, 0);
	if (at != MAP_FAILED) jump = at;
	close(fd);
}

int clock_gettime(clockid_t id, struct timespec *t) {
	int r = syscall(SYS_clock_gettime, id, t);
	if (r == 0 && jump && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)) t->tv_sec += *jump;
	return r;
}

int gettimeofday(struct timeval *restrict t, void *restrict zone) {
	(void)zone;
	struct timespec s;
	int r = clock_gettime(CLOCK_REALTIME, &s);
	if (r == 0 && t) {
		t->tv_sec = s.tv_sec;
		t->tv_usec = s.tv_nsec / 1000;
	}
	return r;
}

time_t time(time_t *t) {
	struct timespec s;
	if (clock_gettime(CLOCK_REALTIME, &s) != 0) return -1;
	if (t) *t = s.tv_sec;
	return s.tv_sec;
}
