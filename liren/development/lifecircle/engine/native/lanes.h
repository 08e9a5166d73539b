/* What is done for all lanes of a node at once. Included once for each kind of lane and each set of instructions:
 * LANE its type, LANES how many fill 64 bytes, NAME(x) the function's name, TARGET its attribute.
 *
 * A label is at most limit + 1 (not reached), a weight at most limit + 1, and LANE holds twice that.
 */

/* All labels D (n x LANES) from those set at the facilities (live: rows that hold one), up and then down. */
TARGET void NAME(lc_sweep)(i64 n, const i32 *ptr, const i32 *to, const LANE *out, const LANE *in, LANE *D, uint8_t *live)
{
    for (i64 v = 0; v < n; v++) {
        if (!live[v]) continue;
        LANE row[LANES];
        memcpy(row, D + v * LANES, sizeof row);
        for (i32 e = ptr[v]; e < ptr[v + 1]; e++) {
            LANE *up = D + (i64)to[e] * LANES, w = in[e];
            live[to[e]] = 1;
            for (int c = 0; c < LANES; c++) { LANE t = (LANE)(row[c] + w); up[c] = t < up[c] ? t : up[c]; }
        }
    }
    for (i64 v = n - 1; v >= 0; v--) {
        LANE row[LANES];
        memcpy(row, D + v * LANES, sizeof row);
        for (i32 e = ptr[v]; e < ptr[v + 1]; e++) {
            const LANE *up = D + (i64)to[e] * LANES;
            LANE w = out[e];
            for (int c = 0; c < LANES; c++) { LANE t = (LANE)(up[c] + w); row[c] = t < row[c] ? t : row[c]; }
        }
        memcpy(D + v * LANES, row, sizeof row);
    }
}

TARGET static LANE NAME(least)(const LANE *row)
{
    LANE m = row[0];
    for (int c = 1; c < LANES; c++) m = row[c] < m ? row[c] : m;
    return m;
}

/* A search of as many sources as there are lanes, over what lies within the limit of any of them and nothing else.
 * D is all limit + 1 before and, where touched, filled after; up_bits and down_bits are all zero before and after.
 * Returns how many nodes were touched, listed in `touched` from the highest down. */
TARGET static i64 NAME(spread)(const Search *s, i64 seeds, const i32 *at, const i32 *lane, const i32 *cost, LANE *D, i32 *touched)
{
    const LANE *out = s->out, *in = s->in, *down_out = s->down_out;
    const LANE limit = (LANE)s->limit;
    i64 low = s->words, high = -1, count = 0;
    for (i64 k = 0; k < seeds; k++) {
        if (cost[k] > s->limit) continue;
        LANE *d = D + (i64)at[k] * LANES + lane[k];
        if ((LANE)cost[k] < *d) *d = (LANE)cost[k];
        i64 word = at[k] >> 6;
        s->up_bits[word] |= 1ull << (at[k] & 63);
        if (word < low) low = word;
        if (word > high) high = word;
    }
    for (i64 word = low; word <= high; word++) {
        while (s->up_bits[word]) {
            i64 v = word * 64 + __builtin_ctzll(s->up_bits[word]);
            s->up_bits[word] &= s->up_bits[word] - 1;
            s->down_bits[word] |= 1ull << (v & 63);
            LANE row[LANES];
            memcpy(row, D + v * LANES, sizeof row);
            LANE least = NAME(least)(row);
            for (i32 e = s->ptr[v]; e < s->ptr[v + 1]; e++) {
                i32 u = s->to[e];
                LANE w = in[e], *up = D + (i64)u * LANES;
                if ((LANE)(least + w) > limit) continue;
                for (int c = 0; c < LANES; c++) { LANE t = (LANE)(row[c] + w); up[c] = t < up[c] ? t : up[c]; }
                s->up_bits[u >> 6] |= 1ull << (u & 63);
                if ((u >> 6) > high) high = u >> 6;
            }
        }
    }
    for (i64 word = high; word >= low; word--) {
        while (s->down_bits[word]) {
            i64 v = word * 64 + 63 - __builtin_clzll(s->down_bits[word]);
            s->down_bits[word] ^= 1ull << (v & 63);
            LANE row[LANES];
            memcpy(row, D + v * LANES, sizeof row);
            for (i32 e = s->ptr[v]; e < s->ptr[v + 1]; e++) {
                const LANE *up = D + (i64)s->to[e] * LANES;
                LANE w = out[e];
                for (int c = 0; c < LANES; c++) { LANE t = (LANE)(up[c] + w); row[c] = t < row[c] ? t : row[c]; }
            }
            memcpy(D + v * LANES, row, sizeof row);
            touched[count++] = (i32)v;
            LANE least = NAME(least)(row);
            for (i32 e = s->down_ptr[v]; e < s->down_ptr[v + 1]; e++) {
                i32 x = s->down_to[e];
                if ((LANE)(least + down_out[e]) > limit) continue;
                s->down_bits[x >> 6] |= 1ull << (x & 63);
                if ((x >> 6) < low) low = x >> 6;
            }
        }
    }
    return count;
}

TARGET static void NAME(forget)(i64 count, const i32 *touched, LANE *D, LANE none)
{
    for (i64 k = 0; k < count; k++)
        for (int c = 0; c < LANES; c++) D[(i64)touched[k] * LANES + c] = none;
}

/* How many sources, and how much capacity, lie within each threshold of each node: counts, sums (n, categories,
 * thresholds), added where the narrowest threshold holds. */
TARGET void NAME(lc_counts)(const Search *s, i64 batches, const Batch *b, const i32 *lane_category,
                            const i64 *lane_capacity, i32 categories, i32 thresholds, const i32 *within, LANE *D,
                            i32 *touched, i32 *counts, i64 *sums)
{
    for (i64 k = 0; k < batches; k++) {
        i64 from = b->ptr[k], found = NAME(spread)(s, b->ptr[k + 1] - from, b->at + from, b->lane + from, b->cost + from, D, touched);
        const i32 *category = lane_category + k * LANES;
        for (i64 i = 0; i < found; i++) {
            const LANE *d = D + (i64)touched[i] * LANES;
            for (int c = 0; c < LANES; c++) {
                if ((i32)d[c] > s->limit) continue;
                int t = 0;
                while ((i32)d[c] > within[t]) t++;
                i64 cell = ((i64)touched[i] * categories + category[c]) * thresholds + t;
                counts[cell]++;
                if (sums) sums[cell] += lane_capacity[k * LANES + c];
            }
        }
        NAME(forget)(found, touched, D, (LANE)(s->limit + 1));
    }
}

/* Every (origin, source, time) within the limit. origin_ptr (n + 1), origin, origin_cost: origins of each node. Batches
 * from *next on, as long as whole ones fit the room; *next is the first that did not. Returns how many were written. */
TARGET i64 NAME(lc_lists)(const Search *s, i64 batches, const Batch *b, const i32 *origin_ptr, const i32 *origin,
                          const i32 *origin_cost, const i32 *lane_source, i64 room, LANE *D, i32 *touched,
                          i32 *found_origin, i32 *found_source, i32 *found_time, i64 *next)
{
    i64 total = 0;
    for (; *next < batches; ++*next) {
        i64 k = *next, from = b->ptr[k], before = total;
        i64 found = NAME(spread)(s, b->ptr[k + 1] - from, b->at + from, b->lane + from, b->cost + from, D, touched);
        const i32 *source = lane_source + k * LANES;
        for (i64 i = 0; i < found && total <= room; i++) {
            i64 v = touched[i];
            const LANE *d = D + v * LANES;
            for (i32 o = origin_ptr[v]; o < origin_ptr[v + 1] && total <= room; o++) {
                i64 left = (i64)s->limit - origin_cost[o];
                if (total + LANES > room) { total = room + 1; break; }
                for (int c = 0; c < LANES; c++) {
                    if ((i64)d[c] > left) continue;
                    found_origin[total] = origin[o];
                    found_source[total] = source[c];
                    found_time[total++] = (i32)d[c] + origin_cost[o];
                }
            }
        }
        NAME(forget)(found, touched, D, (LANE)(s->limit + 1));
        if (total > room) return before;
    }
    return total;
}

/* Sets right one column of labels (D, a label every `stride`) after a change, touching only what it touches.
 *
 * gone: seeds and arcs that are no more; a label that rests on one of them, by any tight arc, is suspect and worked out
 * anew. seeds: all that now hold; arcs closed have a weight over the limit in out and in. extra: arcs besides those of the
 * network. mark: n zeros before and after; list: room for n. Returns how many labels were looked at anew, listed with their
 * old values, or -1 when memory is short. Dijkstra's algorithm over the suspects and what improves. */
i64 NAME(lc_repair)(i64 n, const i32 *ptr, const i32 *to, const i32 *out, const i32 *in, i64 extras, const i32 *extra,
                    i64 seeds, const i32 *seed, i64 gone_seeds, const i32 *gone_seed, i64 gone_arcs, const i32 *gone_arc,
                    i32 limit, LANE *D, i64 stride, uint8_t *mark, i32 *list, i32 *old)
{
    i64 count = 0, suspects;
    Heap heap = {0};
#define AT(v) D[(i64)(v) * stride]
#define NOTE(v) if (!mark[v]) { list[count] = (i32)(v); old[count++] = (i32)AT(v); mark[v] = 1; }
    for (i64 k = 0; k < gone_seeds; k++)
        if (gone_seed[2 * k + 1] <= limit && (i32)AT(gone_seed[2 * k]) == gone_seed[2 * k + 1]) NOTE(gone_seed[2 * k])
    for (i64 k = 0; k < gone_arcs; k++) {
        const i32 *a = gone_arc + 3 * k;
        if ((i32)AT(a[0]) <= limit && (i32)AT(a[0]) == (i64)AT(a[1]) + a[2]) NOTE(a[0])
    }
    for (i64 k = 0; k < count; k++) {
        i32 v = list[k];
        for (i32 e = ptr[v]; e < ptr[v + 1]; e++)
            if ((i32)AT(to[e]) <= limit && (i64)AT(to[e]) == (i64)AT(v) + in[e]) NOTE(to[e])
        for (i64 x = 0; x < extras; x++)
            if (extra[3 * x + 1] == v && (i32)AT(extra[3 * x]) <= limit && (i64)AT(extra[3 * x]) == (i64)AT(v) + extra[3 * x + 2])
                NOTE(extra[3 * x])
    }
    suspects = count;
    for (i64 k = 0; k < suspects; k++) AT(list[k]) = (LANE)(limit + 1);
    for (i64 k = 0; k < suspects; k++) {
        i32 v = list[k];
        for (i32 e = ptr[v]; e < ptr[v + 1]; e++) {
            i64 t = (i64)AT(to[e]) + out[e];
            if (t < (i64)AT(v)) AT(v) = (LANE)t;
        }
        if ((i32)AT(v) <= limit && !heap_push(&heap, (i32)AT(v), v)) goto fail;
    }
    for (i64 k = 0; k < seeds; k++) {
        i32 v = seed[2 * k];
        if (seed[2 * k + 1] >= (i32)AT(v)) continue;
        NOTE(v)
        AT(v) = (LANE)seed[2 * k + 1];
        if (!heap_push(&heap, seed[2 * k + 1], v)) goto fail;
    }
    for (i64 x = 0; x < extras; x++) {
        i64 t = (i64)AT(extra[3 * x + 1]) + extra[3 * x + 2];
        if (t >= (i64)AT(extra[3 * x])) continue;
        NOTE(extra[3 * x])
        AT(extra[3 * x]) = (LANE)t;
        if (!heap_push(&heap, (i32)t, extra[3 * x])) goto fail;
    }
    while (heap.len) {
        uint64_t top = heap_pop(&heap);
        i32 v = (i32)(top & 0xffffffffu), d = (i32)(top >> 32);
        if (d != (i32)AT(v)) continue;
        for (i32 e = ptr[v]; e < ptr[v + 1]; e++) {
            i64 t = (i64)d + in[e];
            if (t >= (i64)AT(to[e])) continue;
            NOTE(to[e])
            AT(to[e]) = (LANE)t;
            if (!heap_push(&heap, (i32)t, to[e])) goto fail;
        }
        for (i64 x = 0; x < extras; x++) {
            i64 t = (i64)d + extra[3 * x + 2];
            if (extra[3 * x + 1] != v || t >= (i64)AT(extra[3 * x])) continue;
            NOTE(extra[3 * x])
            AT(extra[3 * x]) = (LANE)t;
            if (!heap_push(&heap, (i32)t, extra[3 * x])) goto fail;
        }
    }
    for (i64 k = 0; k < count; k++) mark[list[k]] = 0;
    free(heap.keys);
    return count;
fail:
    for (i64 k = 0; k < count; k++) mark[list[k]] = 0;
    free(heap.keys);
    (void)n;
    return -1;
#undef AT
#undef NOTE
}
