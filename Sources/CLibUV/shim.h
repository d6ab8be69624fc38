// Beside libuv's own timers, which know only milliseconds.
#include <sys/timerfd.h>
#include <uv.h>
