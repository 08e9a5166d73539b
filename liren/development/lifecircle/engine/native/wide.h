/* lanes.h once for any machine and once for those with AVX2, which are told apart when the library is loaded. */
#ifdef IS_LONG
#define NAME(x) x##_i32
#else
#define NAME(x) x##_u16
#endif
#define TARGET
#include "lanes.h"
#undef NAME
#undef TARGET
#if defined(__x86_64__) && defined(__GNUC__)
#ifdef IS_LONG
#define NAME(x) x##_i32_avx2
#else
#define NAME(x) x##_u16_avx2
#endif
#define TARGET __attribute__((target("avx2,bmi,popcnt")))
#include "lanes.h"
#undef NAME
#undef TARGET
#endif
