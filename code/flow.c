// SPDX-License-Identifier: MIT
//
// Follows values through registers, from the first instruction to the last: see flow.h.

#include "code/flow.h"

#define SAVED 64 // branches forwards whose targets are remembered; of two in one place the later

struct state {
    struct code__value registers[CODE__REGISTERS];
};

struct saved {
    uint64_t target;
    struct state state;
};

// A reference that was found. One that only leads past itself does not count.
struct found {
    struct code_ref ref;
    bool past;  // to what lies some way from there, or it is a number
    bool taken; // the address itself
};

#define FOUND 4096 // that wait to be told
#define POOL  1024 // words that a load reaches

struct code__flow {
    const struct code__cpu *cpu;
    code__tell *tell;
    void *context;
    uint64_t addr; // of the instruction
    struct state now;
    struct saved saved[SAVED];
    struct state at_case; // at the last jump through a register
    bool has_case;
    bool fell;     // the instruction before goes on here
    bool returned; // it is the end of a function or of a way through it
    VEC(struct found) found;
    uint32_t before;     // how many were told before these
    uint64_t pool[POOL]; // words among the code that were loaded, by place
};

struct code__flow *code__flow_new(const struct code__cpu *cpu, code__tell *tell, void *context)
{
    struct code__flow *flow = mem_zalloc(1, sizeof *flow);
    flow->cpu = cpu;
    flow->tell = tell;
    flow->context = context;
    return flow;
}

void code__flow_free(struct code__flow *flow)
{
    if (flow != NULL)
        vec_free(&flow->found);
    free(flow);
}

struct code__value code__flow_value(const struct code__flow *flow, unsigned reg)
{
    return flow->now.registers[reg];
}

// -------------------------------------------------------------------------- values

static const struct code__value unknown = {0};

static struct code__value get(const struct code__flow *f, uint8_t reg)
{
    return reg < CODE__REGISTERS ? f->now.registers[reg] : unknown;
}

static void set(struct code__flow *f, uint8_t reg, uint64_t value, uint8_t trust)
{
    if (reg >= CODE__REGISTERS)
        return;
    uint64_t cut = f->cpu->wide ? value : (uint32_t)value;
    f->now.registers[reg] = (struct code__value){cut, trust, 0};
}

static void tell_all(struct code__flow *f)
{
    for (size_t i = 0; i < f->found.count; i++) {
        const struct found *found = &f->found.items[i];
        if (found->taken || !found->past)
            f->tell(f->context, found->ref.place, found->ref.target, found->ref.kind);
    }
    f->before += (uint32_t)f->found.count;
    f->found.count = 0;
}

// Gives the number of the reference.
static uint32_t tell(struct code__flow *f, uint64_t target, enum code_kind kind)
{
    if (f->found.count == FOUND)
        tell_all(f);
    uint64_t whole = f->cpu->wide ? target : (uint32_t)target;
    vec_push(&f->found, ((struct found){.ref = {f->addr, whole, kind}}));
    return f->before + (uint32_t)f->found.count;
}

// A whole value, which may be an address.
static void tell_value(struct code__flow *f, struct code__value *value)
{
    if (value->trust == CODE__NEAR)
        value->told = tell(f, value->value, CODE_ADDRESS);
    else if (value->trust == CODE__HALF && f->cpu->fixed)
        value->told = tell(f, value->value, CODE_CONSTANT);
}

static struct found *found_by(struct code__flow *f, uint8_t reg)
{
    uint32_t index = get(f, reg).told - f->before - 1;
    return index < f->found.count ? &f->found.items[index] : NULL;
}

static void use(struct code__flow *f, uint8_t reg, bool past)
{
    struct found *found = found_by(f, reg);
    if (found != NULL) {
        found->past |= past;
        found->taken |= !past;
    }
}

static void make(struct code__flow *f, uint8_t to, uint64_t value, uint8_t trust)
{
    set(f, to, value, trust);
    if (to < CODE__REGISTERS)
        tell_value(f, &f->now.registers[to]);
}

static void copy(struct code__flow *f, uint8_t to, struct code__value value)
{
    set(f, to, value.value, value.trust);
    if (to < CODE__REGISTERS)
        f->now.registers[to].told = value.told;
}

static void sum(struct code__flow *f, const struct code__step *s)
{
    struct code__value a = get(f, s->base), b = get(f, s->other);
    if (a.trust < b.trust) {
        struct code__value swap = a;
        a = b;
        b = swap;
    }
    if (a.trust <= CODE__NUMBER)
        set(f, s->to, 0, CODE__UNKNOWN);
    else if (b.trust == CODE__UNKNOWN)
        copy(f, s->to, a);
    else if (b.trust >= CODE__HALF) // the upper half of a distance
        set(f, s->to, a.value + b.value, a.trust);
    else
        make(f, s->to, a.value + b.value, a.trust);
}

// What a step makes or where it leads. Of two registers one holds an index, which is taken for 0.
static struct code__value place_of(const struct code__flow *f, const struct code__step *s)
{
    struct code__value base = get(f, s->base), other = get(f, s->other);
    if (s->near)
        return (struct code__value){s->value, CODE__NEAR, 0};
    if (s->counted)
        return (struct code__value){s->value + base.value,
                                    base.trust == CODE__UNKNOWN ? CODE__UNKNOWN : CODE__NEAR, 0};
    if (base.trust < other.trust) {
        struct code__value swap = base;
        base = other;
        other = swap;
    }
    base.value +=
        s->value + (base.trust >= CODE__BASE && other.trust == CODE__HALF ? other.value : 0);
    return base;
}

// The upper half of a constant; an address is not shifted, and of an upper half that is 0 a number is left.
static void shift(struct code__flow *f, const struct code__step *s, struct code__value base)
{
    uint64_t value = s->value < 64 ? base.value << s->value : 0;
    if (base.trust > CODE__HALF)
        base.trust = CODE__UNKNOWN;
    set(f, s->to, value, value == 0 ? MIN(base.trust, CODE__NUMBER) : base.trust);
}

static bool is_address(const struct code__flow *f, struct code__value value)
{
    enum code__trust least = f->cpu->no_low ? CODE__HALF : CODE__NUMBER;
    return value.trust >= CODE__BASE || (value.trust >= least && f->cpu->fixed);
}

static void access(struct code__flow *f, const struct code__step *s, struct code__value place)
{
    uint64_t word;
    if (is_address(f, place))
        tell(f, place.value, CODE_ADDRESS);
    set(f, s->to, 0, CODE__UNKNOWN);
    if (s->act == CODE__LOADS && place.trust >= CODE__BASE &&
        code__table_word(f->cpu, place.value, &word))
        set(f, s->to, word, CODE__NEAR);
}

static void pool(struct code__flow *f, const struct code__step *s)
{
    struct slice bytes;
    unsigned size = f->cpu->wide ? 8 : 4;
    set(f, s->to, 0, CODE__UNKNOWN);
    if (!f->cpu->pools_inside)
        tell(f, s->value, CODE_LITERAL);
    else
        f->pool[s->value / 4 % POOL] = s->value;
    if (!img_bytes_at(f->cpu->img, s->value, size, &bytes))
        return;
    struct cur c = cur_make(bytes, f->cpu->big_endian);
    struct code__value word = {cur_uint(&c, size), CODE__HALF, 0};
    tell_value(f, &word);
    copy(f, s->to, word);
}

// Where no marks tell data from code.
static bool is_pooled(const struct code__flow *f, uint64_t addr)
{
    return addr != 0 && f->pool[addr / 4 % POOL] == addr;
}

// ----------------------------------------------------------------------------- ways

static struct saved *saved_at(struct code__flow *f, uint64_t addr)
{
    return &f->saved[(addr ^ addr >> 6) / 2 % SAVED];
}

static void branch(struct code__flow *f, uint64_t target)
{
    tell(f, target, CODE_BRANCH);
    if (target > f->addr) {
        struct saved *saved = saved_at(f, target);
        saved->target = target;
        saved->state = f->now;
    }
}

// Where an instruction does not go on to the next one.
static void leave(struct code__flow *f, bool returned)
{
    f->fell = false;
    f->returned = returned;
}

static void call(struct code__flow *f)
{
    for (unsigned i = 0; i < CODE__REGISTERS; i++)
        if (!(f->cpu->kept >> i & 1))
            f->now.registers[i] = f->cpu->always[i];
}

static void go_by(struct code__flow *f, const struct code__step *s, struct code__value place)
{
    if (is_address(f, place))
        tell(f, place.value, s->memory ? CODE_ADDRESS : CODE_BRANCH);
}

// What is known where nothing falls through; false when no branch led here.
static bool arrive(struct code__flow *f)
{
    const struct saved *saved = saved_at(f, f->addr);
    if (saved->target == f->addr)
        f->now = saved->state;
    else if (f->returned && f->has_case)
        f->now = f->at_case;
    else if (f->returned)
        memcpy(f->now.registers, f->cpu->always, sizeof f->now.registers);
    f->fell = true;
    return saved->target == f->addr;
}

// Where one falls through and a branch leads as well, what is not known on the one way may be on the other: the call
// before perhaps does not return.
static void join(struct code__flow *f)
{
    const struct saved *saved = saved_at(f, f->addr);
    if (saved->target != f->addr)
        return;
    for (unsigned i = 0; i < CODE__REGISTERS; i++)
        if (f->now.registers[i].trust == CODE__UNKNOWN)
            f->now.registers[i] = saved->state.registers[i];
}

// ----------------------------------------------------------------------------- steps

#define ELEMENT 64 // bytes: of an array that is gone through, from one before its beginning

// What is made of a register's address, before that changes.
static void use_registers(struct code__flow *f, const struct code__step *s)
{
    bool accesses = s->act == CODE__ACCESSES || s->act == CODE__LOADS;
    int32_t way = (int32_t)s->value;
    bool moves = accesses ? way != 0 : way > 0 || way < -ELEMENT;
    if (accesses || (s->act == CODE__ADDS && !s->near)) {
        use(f, s->base, moves);
        use(f, s->other, moves);
    }
    for (uint8_t i = 0; (s->takes | s->computes) >> i; i++)
        if ((s->takes | s->computes) >> i & 1)
            use(f, i, s->computes >> i & 1);
}

// `place` is where it leads to by its registers, as they were when it stood in line.
static void follow(struct code__flow *f, const struct code__step *s, struct code__value place)
{
    struct code__value base = get(f, s->base);
    if (f->cpu->says_all)
        use_registers(f, s);
    switch ((enum code__act)s->act) {
    case CODE__PASSES:
        break;
    case CODE__WRITES:
        set(f, s->to, 0, CODE__UNKNOWN);
        break;
    case CODE__SETS:
        set(f, s->to, s->value, CODE__HALF);
        break;
    case CODE__POINTS:
        set(f, s->to, s->value, CODE__NEAR);
        break;
    case CODE__FINDS:
        set(f, s->to, s->value, CODE__BASE);
        break;
    case CODE__ADDS:
        make(f, s->to, place.value,
             s->leads && place.trust == CODE__BASE ? CODE__NEAR : place.trust);
        break;
    case CODE__RAISES:
        set(f, s->to, place.value, place.trust == CODE__NUMBER ? CODE__HALF : place.trust);
        if (s->whole && s->to < CODE__REGISTERS)
            tell_value(f, &f->now.registers[s->to]);
        break;
    case CODE__SHIFTS:
        shift(f, s, base);
        break;
    case CODE__SUMS:
        sum(f, s);
        break;
    case CODE__COPIES:
        copy(f, s->to, base);
        break;
    case CODE__ACCESSES:
    case CODE__LOADS:
        access(f, s, place);
        break;
    case CODE__POOLS:
        pool(f, s);
        break;
    case CODE__BRANCHES:
        branch(f, s->value);
        break;
    case CODE__JUMPS:
        branch(f, s->value);
        leave(f, false);
        break;
    case CODE__JUMPS_BY:
        go_by(f, s, place);
        f->at_case = f->now;
        f->has_case = true;
        leave(f, false);
        break;
    case CODE__RETURNS:
        leave(f, true);
        break;
    case CODE__CALLS:
        tell(f, s->value, CODE_BRANCH);
        call(f);
        set(f, s->to, f->addr + s->size, CODE__BASE);
        break;
    case CODE__CALLS_BY:
        go_by(f, s, place);
        call(f);
        break;
    }
    for (uint8_t i = 0; s->also >> i; i++)
        if (s->also >> i & 1)
            set(f, i, 0, CODE__UNKNOWN);
}

// What a branch leads to begins an instruction: one that covers it is none.
static void cut(struct code__flow *f, struct code__step *s)
{
    for (uint8_t i = 1; i < s->size; i++)
        if (saved_at(f, f->addr + i)->target == f->addr + i)
            *s = (struct code__step){.size = i};
}

void code__flow_begin(struct code__flow *f, uint64_t start)
{
    memcpy(f->now.registers, f->cpu->always, sizeof f->now.registers);
    for (size_t i = 0; i < SAVED; i++)
        f->saved[i].target = 0;
    f->has_case = false;
    f->fell = true;
    if (f->cpu->own != CODE__NO)
        set(f, f->cpu->own, start, CODE__BASE);
}

static struct code__step step_at(struct code__flow *f, uint64_t addr, const uint8_t *at,
                                 size_t left)
{
    struct code__step step = {.size = 1, .to = CODE__NO, .base = CODE__NO, .other = CODE__NO};
    f->addr = addr;
    f->cpu->decode(f->cpu, addr, at, left, &step);
    if (f->cpu->fills)
        cut(f, &step);
    return step;
}

// A branch and what stands behind it; bytes of both.
static size_t follow_both(struct code__flow *f, const struct code__step *branch, const uint8_t *at,
                          size_t left)
{
    uint64_t addr = f->addr;
    struct code__value place = place_of(f, branch);
    struct code__step slot =
        step_at(f, addr + branch->size, at + branch->size, left - branch->size);
    struct state before = f->now;
    follow(f, &slot, place_of(f, &slot));
    f->addr = addr;
    follow(f, branch, place);
    if (branch->likely)
        f->now = before;
    return branch->size + slot.size;
}

void code__flow_run(struct code__flow *f, uint64_t start, struct slice bytes)
{
    for (size_t at = 0, size; at < bytes.size; at += MIN(size, bytes.size - at)) {
        size = 1;
        if (!f->fell && f->cpu->fills && bytes.data[at] == 0)
            continue;
        if (!f->fell && is_pooled(f, start + at)) {
            size = 4;
            continue;
        }
        f->addr = start + at;
        bool lost = !f->fell && !arrive(f);
        join(f);
        struct code__step step = step_at(f, start + at, bytes.data + at, bytes.size - at);
        size = step.size;
        if (step.delayed && size < bytes.size - at)
            size = follow_both(f, &step, bytes.data + at, bytes.size - at);
        else
            follow(f, &step, place_of(f, &step));
        if (lost && step.act < CODE__ACCESSES && step.to == CODE__NO) // it aligns what follows
            f->fell = false;
    }
}

void code__flow_end(struct code__flow *f, uint64_t end)
{
    if (f->fell)
        tell(f, end, CODE_FALLS);
    tell_all(f);
}
