/*
 * A dma heap in user space, for kernels without one: `cc -shared -fPIC heap.c -o heap.so`, then LD_PRELOAD.
 *
 * Opening the heap gives an anonymous file; what is allocated from it is one too. Everything else goes to the
 * system. A file `no-heap` in the folder MIMICRY_STAND makes one opening fail, and is gone then.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int heap(void)
{
	const char *folder = getenv("MIMICRY_STAND");
	char fault[4096];

	snprintf(fault, sizeof fault, "%s/no-heap", folder ? folder : "");
	if (unlink(fault))
		return memfd_create("heap", MFD_CLOEXEC);
	errno = ENOENT;
	return -1;
}

static int opened(const char *name, const char *path, int flags, mode_t mode)
{
	int (*real)(const char *, int, ...) = dlsym(RTLD_NEXT, name);

	return strcmp(path, "/dev/dma_heap/linux,cma") ? real(path, flags, mode) : heap();
}

#define OPEN(name)                                                     \
	int name(const char *path, int flags, ...)                     \
	{                                                              \
		va_list more;                                          \
		va_start(more, flags);                                 \
		mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0; \
		va_end(more);                                          \
		return opened(#name, path, flags, mode);               \
	}
OPEN(open)
OPEN(open64)

static int allocated(struct dma_heap_allocation_data *wish)
{
	int fd = memfd_create("buffer", MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, wish->len))
		return -1;
	wish->fd = fd;
	return 0;
}

int ioctl(int fd, unsigned long request, ...)
{
	int (*real)(int, unsigned long, ...) = dlsym(RTLD_NEXT, "ioctl");
	va_list more;

	va_start(more, request);
	void *argument = va_arg(more, void *);
	va_end(more);
	if (request == DMA_HEAP_IOCTL_ALLOC)
		return allocated(argument);
	if (request == DMA_BUF_IOCTL_SYNC || request == DMA_BUF_SET_NAME_A || request == DMA_BUF_SET_NAME_B)
		return 0;
	return real(fd, request, argument);
}
