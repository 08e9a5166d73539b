/* Kernels of the life circle. No Python in here: plain arrays through ctypes, so that one build serves every Python.
 *
 * Times are integers (deciseconds). Everything is exact; the order of nodes and of arcs decides only the speed.
 *
 * A network is turned into a hierarchy by eliminating one node after the other, joining its neighbours with the time
 * through it: Gaussian elimination in the semiring (min, +) (Carré 1971), as in customizable contraction hierarchies
 * (Dibbelt, Strasser, Wagner 2016). Chains of nodes of degree two and dead ends are what goes first. Afterwards a
 * shortest path is one climb and one descent, so one sweep up and one sweep down over all nodes answers "nearest" for
 * all categories at once (PHAST; Delling, Goldberg, Nowatzyk, Werneck 2011). Arcs longer than the horizon are left
 * out: no part of a path within the horizon is longer than it.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef int32_t i32;
typedef int64_t i64;
typedef struct { i32 to, out, in; } Arc; /* out: time to `to`; in: time back from it */
typedef struct { Arc *arcs; i32 len, cap; } Node;

int lc_version(void) { return 2; }

static int push_arc(Node *v, i32 to, i32 out, i32 in)
{
    if (v->len == v->cap) {
        i32 cap = v->cap ? v->cap * 2 : 4;
        Arc *grown = realloc(v->arcs, (size_t)cap * sizeof(Arc));
        if (!grown) return 0;
        v->arcs = grown;
        v->cap = cap;
    }
    v->arcs[v->len++] = (Arc){to, out, in};
    return 1;
}

/* Nodes by degree, in doubly linked lists: the next one to go is one of the least degree. */
typedef struct { i32 *head, *tail, *next, *prev, *in; i32 least, most; } Queue;

static void leave(Queue *q, i32 v)
{
    i32 d = q->in[v];
    if (q->prev[v] >= 0) q->next[q->prev[v]] = q->next[v]; else q->head[d] = q->next[v];
    if (q->next[v] >= 0) q->prev[q->next[v]] = q->prev[v]; else q->tail[d] = q->prev[v];
}

static void enter(Queue *q, i32 v, i32 d)
{
    if (d > q->most) d = q->most;
    q->in[v] = d;
    q->prev[v] = q->tail[d];
    q->next[v] = -1;
    if (q->tail[d] >= 0) q->next[q->tail[d]] = v; else q->head[d] = v;
    q->tail[d] = v;
    if (d < q->least) q->least = d;
}

static i32 take(Queue *q)
{
    while (q->head[q->least] < 0) q->least++;
    i32 v = q->head[q->least];
    leave(q, v);
    return v;
}

static i32 sum_within(i32 a, i32 b, i32 horizon)
{
    return (a > horizon || b > horizon || a > horizon - b) ? horizon + 1 : a + b;
}

/* Joins x with all neighbours of v (but itself) by the way through v, and forgets v. place[y]: 1 + position of y. */
static int join(Node *x, const Arc *to_x, const Node *v, const i32 *place, i32 *met, i32 self, i32 gone, i32 horizon)
{
    i32 kept = 0;
    for (i32 e = 0; e < x->len; e++) {
        Arc a = x->arcs[e];
        if (a.to == gone) continue;
        i32 p = place[a.to];
        if (p) {
            const Arc *y = v->arcs + p - 1;
            i32 out = sum_within(to_x->in, y->out, horizon), in = sum_within(y->in, to_x->out, horizon);
            if (out < a.out) a.out = out;
            if (in < a.in) a.in = in;
            met[p - 1] = self;
        }
        x->arcs[kept++] = a;
    }
    x->len = kept;
    for (i32 p = 0; p < v->len; p++) {
        const Arc *y = v->arcs + p;
        if (y->to == self || met[p] == self) continue;
        i32 out = sum_within(to_x->in, y->out, horizon), in = sum_within(y->in, to_x->out, horizon);
        if (out > horizon && in > horizon) continue;
        if (!push_arc(x, y->to, out, in)) return 0;
    }
    return 1;
}

typedef struct { Node *nodes; Queue queue; i32 *place, *met, *rank, *order; i64 arcs; i32 n; } Plan;

static int eliminate_one(Plan *plan, i32 v, int by_degree, i32 horizon)
{
    Node *node = plan->nodes + v;
    for (i32 p = 0; p < node->len; p++) { plan->place[node->arcs[p].to] = p + 1; plan->met[p] = -1; }
    for (i32 p = 0; p < node->len; p++) {
        i32 x = node->arcs[p].to;
        if (!join(plan->nodes + x, node->arcs + p, node, plan->place, plan->met, x, v, horizon)) return 0;
        if (by_degree && plan->nodes[x].len != plan->queue.in[x]) {
            leave(&plan->queue, x);
            enter(&plan->queue, x, plan->nodes[x].len);
        }
    }
    for (i32 p = 0; p < node->len; p++) plan->place[node->arcs[p].to] = 0;
    plan->arcs += node->len;
    return 1;
}

void lc_free(Plan *plan)
{
    if (!plan) return;
    for (i32 v = 0; plan->nodes && v < plan->n; v++) free(plan->nodes[v].arcs);
    free(plan->nodes); free(plan->queue.head); free(plan->queue.next); free(plan->place);
    free(plan);
}

static Plan *new_plan(i32 n)
{
    Plan *plan = calloc(1, sizeof(Plan));
    if (!plan) return NULL;
    i32 most = n < 4096 ? n + 1 : 4096;
    plan->n = n;
    plan->nodes = calloc((size_t)n + 1, sizeof(Node));
    plan->queue.head = malloc(sizeof(i32) * 2 * ((size_t)most + 1));
    plan->queue.next = malloc(sizeof(i32) * 3 * ((size_t)n + 1));
    plan->place = calloc(4 * ((size_t)n + 1), sizeof(i32));
    if (!plan->nodes || !plan->queue.head || !plan->queue.next || !plan->place) { lc_free(plan); return NULL; }
    memset(plan->queue.head, 0xff, sizeof(i32) * 2 * ((size_t)most + 1));
    plan->queue.tail = plan->queue.head + most + 1;
    plan->queue.prev = plan->queue.next + n + 1;
    plan->queue.in = plan->queue.prev + n + 1;
    plan->queue.most = most;
    plan->met = plan->place + n + 1;
    plan->rank = plan->met + n + 1;
    plan->order = plan->rank + n + 1;
    return plan;
}

/* Eliminates all nodes: by least degree, or in the order of their numbers. ptr, to, out, in: arcs of each node, both ways
 * of a pair present, no loops, no doubles. *arcs: how many arcs lead up. NULL when memory is short. */
Plan *lc_eliminate(i32 n, const i32 *ptr, const i32 *to, const i32 *out, const i32 *in, i32 horizon, int by_degree, i64 *arcs)
{
    Plan *plan = new_plan(n);
    if (!plan) return NULL;
    for (i32 v = 0; v < n; v++) {
        for (i32 e = ptr[v]; e < ptr[v + 1]; e++)
            if ((out[e] <= horizon || in[e] <= horizon) && !push_arc(plan->nodes + v, to[e], out[e], in[e])) goto fail;
        if (by_degree) enter(&plan->queue, v, plan->nodes[v].len);
    }
    for (i32 k = 0; k < n; k++) {
        plan->queue.least = plan->queue.least < 0 ? 0 : plan->queue.least;
        i32 v = by_degree ? take(&plan->queue) : k;
        plan->rank[v] = k;
        plan->order[k] = v;
        if (!eliminate_one(plan, v, by_degree, horizon)) goto fail;
    }
    *arcs = plan->arcs;
    return plan;
fail:
    lc_free(plan);
    return NULL;
}

/* The arcs that lead up, node by node: ptr (n + 1), to, out, in (as many as lc_eliminate said). */
void lc_arcs(const Plan *plan, i32 *ptr, i32 *to, i32 *out, i32 *in)
{
    i32 e = 0;
    for (i32 v = 0; v < plan->n; v++) {
        const Node *node = plan->nodes + v;
        ptr[v] = e;
        for (i32 p = 0; p < node->len; p++, e++) {
            to[e] = node->arcs[p].to;
            out[e] = node->arcs[p].out;
            in[e] = node->arcs[p].in;
        }
    }
    ptr[plan->n] = e;
}

/* An order in which each node comes after all below it, and near what is near it: depth first from the top downwards.
 * order (n): the nodes in that order. */
int lc_layout(const Plan *plan, i32 *order)
{
    i32 n = plan->n, done = 0, depth = 0;
    i64 m = plan->arcs;
    i32 *ptr = calloc((size_t)n + 2, sizeof(i32)), *down = malloc(sizeof(i32) * (size_t)(m + 1));
    i32 *stack = malloc(sizeof(i32) * ((size_t)n + 1)), *next = malloc(sizeof(i32) * ((size_t)n + 1));
    uint8_t *seen = calloc((size_t)n + 1, 1);
    if (ptr && down && stack && next && seen) {
        for (i32 v = 0; v < n; v++)
            for (i32 p = 0; p < plan->nodes[v].len; p++) ptr[plan->nodes[v].arcs[p].to + 2]++;
        for (i32 v = 0; v < n; v++) ptr[v + 2] += ptr[v + 1];
        for (i32 k = 0; k < n; k++) {
            i32 v = plan->order[k];
            for (i32 p = 0; p < plan->nodes[v].len; p++) down[ptr[plan->nodes[v].arcs[p].to + 1]++] = v;
        }
        for (i32 k = n - 1; k >= 0; k--) {
            i32 root = plan->order[k];
            if (seen[root]) continue;
            seen[root] = 1; stack[0] = root; next[0] = ptr[root + 1]; depth = 1;
            while (depth) {
                i32 v = stack[depth - 1];
                if (next[depth - 1] == ptr[v]) { order[done++] = v; depth--; continue; }
                i32 x = down[--next[depth - 1]];
                if (!seen[x]) { seen[x] = 1; stack[depth] = x; next[depth++] = ptr[x + 1]; }
            }
        }
    }
    free(ptr); free(down); free(stack); free(next); free(seen);
    return done == n;
}

/* A hierarchy as a search uses it; out, in and down_out are of the lane's type, cut off at limit + 1. */
typedef struct {
    const i32 *ptr, *to;
    const void *out, *in;
    const i32 *down_ptr, *down_to;
    const void *down_out;
    uint64_t *up_bits, *down_bits;
    i64 words;
    i32 limit;
} Search;

/* Sources by batches of as many as there are lanes: ptr (batches + 1) into at, lane, cost. */
typedef struct { const i64 *ptr; const i32 *at, *lane, *cost; } Batch;

/* Nodes by time, the earliest first: keys hold the time above, the node below. */
typedef struct { uint64_t *keys; i64 len, cap; } Heap;

static int heap_push(Heap *h, i32 time, i32 node)
{
    if (h->len == h->cap) {
        i64 cap = h->cap ? h->cap * 2 : 256;
        uint64_t *grown = realloc(h->keys, (size_t)cap * sizeof(uint64_t));
        if (!grown) return 0;
        h->keys = grown;
        h->cap = cap;
    }
    uint64_t key = ((uint64_t)(uint32_t)time << 32) | (uint32_t)node;
    i64 i = h->len++;
    for (; i && h->keys[(i - 1) / 2] > key; i = (i - 1) / 2) h->keys[i] = h->keys[(i - 1) / 2];
    h->keys[i] = key;
    return 1;
}

static uint64_t heap_pop(Heap *h)
{
    uint64_t top = h->keys[0], last = h->keys[--h->len];
    i64 i = 0;
    for (;;) {
        i64 child = 2 * i + 1;
        if (child >= h->len) break;
        if (child + 1 < h->len && h->keys[child + 1] < h->keys[child]) child++;
        if (h->keys[child] >= last) break;
        h->keys[i] = h->keys[child];
        i = child;
    }
    h->keys[i] = last;
    return top;
}

static void by_key(i64 m, i64 keys, i64 *start, const i32 *key, const i32 *const from[3], i32 *const to[3])
{
    memset(start, 0, sizeof(i64) * ((size_t)keys + 1));
    for (i64 i = 0; i < m; i++) start[key[i] + 1]++;
    for (i64 k = 0; k < keys; k++) start[k + 1] += start[k];
    for (i64 i = 0; i < m; i++) {
        i64 place = start[key[i]]++;
        for (int part = 0; part < 3; part++) to[part][place] = from[part][i];
    }
}

/* Sorts m finds by origin and then source, of equal pairs the quickest alone: two passes of counting.
 * found: 3 x m (origin, source, time), sorted in place; spare: as much; start: room for the larger of the counts, and one
 * more. Returns how many are left. */
i64 lc_sorted(i64 m, i64 origins, i64 sources, i32 *found, i32 *spare, i64 *start)
{
    i32 *const a[3] = {found, found + m, found + 2 * m}, *const b[3] = {spare, spare + m, spare + 2 * m};
    i64 kept = 0;
    by_key(m, sources, start, a[1], (const i32 *const *)a, b);
    by_key(m, origins, start, b[0], (const i32 *const *)b, a);
    for (i64 i = 0; i < m; i++) {
        if (kept && a[0][kept - 1] == a[0][i] && a[1][kept - 1] == a[1][i]) {
            if (a[2][i] < a[2][kept - 1]) a[2][kept - 1] = a[2][i];
            continue;
        }
        for (int part = 0; part < 3; part++) a[part][kept] = a[part][i];
        kept++;
    }
    return kept;
}

#define LANE uint16_t
#define LANES 32
#include "wide.h"
#undef LANE
#undef LANES
#define LANE int32_t
#define LANES 16
#define IS_LONG
#include "wide.h"
#undef LANE
#undef LANES

/* Whether the functions with the ending _avx2 may be called on this machine. */
int lc_has_avx2(void)
{
#if defined(__x86_64__) && defined(__GNUC__)
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt");
#else
    return 0;
#endif
}
