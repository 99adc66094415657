/* A small external delegate, written against the documented C interface of TFLite: it converts the float16
   weights of a model (DEQUANTIZE) itself. Options: `fail` = load | prepare | wrong, `die_after` = number of runs. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { OK = 0, ERROR = 1, FLOAT32 = 1, FLOAT16 = 10, ARENA = 2, DEQUANTIZE = 6 };

typedef struct { int size; int data[]; } Ints;
typedef struct {
    int type;
    char *data;
    Ints *dims;
    float scale;
    int zero, allocation;
    size_t bytes;
    void *source, *name, *delegate;
    int handle;
    _Bool stale, variable;
    int quantization;
    void *quantization_params, *sparsity, *signature;
} Tensor;
typedef struct { Ints *inputs, *outputs, *intermediates, *temporaries; void *user_data; } Node;
typedef struct Context Context;
typedef struct Delegate Delegate;
typedef struct {
    void *(*init)(Context *, const char *, size_t);
    void (*free)(Context *, void *);
    int (*prepare)(Context *, Node *);
    int (*invoke)(Context *, Node *);
    const char *(*profiling)(const Context *, const Node *);
    int32_t builtin_code;
    const char *custom_name;
    int version;
    void *external, *async_kernel;
    uint64_t inplace;
} Registration;
struct Context {
    size_t tensors_size;
    int (*get_execution_plan)(Context *, Ints **);
    Tensor *tensors;
    void *impl;
    int (*resize)(Context *, Tensor *, Ints *);
    void (*report)(Context *, const char *, ...);
    int (*add)(Context *, int, int *);
    int (*get_node)(Context *, int, Node **, Registration **);
    int (*replace)(Context *, Registration, const Ints *, Delegate *);
};
typedef struct { Delegate *delegate; Ints *nodes, *inputs, *outputs; } Params;
struct Delegate {
    void *data;
    int (*prepare)(Context *, Delegate *);
    void *from_handle, *to_handle, *free_handle;
    int64_t flags;
    void *opaque;
};
typedef struct { int fail_prepare, wrong, die_after, runs; } State;
typedef struct { State *state; int n; int from[512], to[512]; } Kernel;

static float widen(uint16_t half) {
    uint32_t sign = (uint32_t)(half >> 15) << 31, exponent = half >> 10 & 31, mantissa = half & 1023, bits;
    float value;
    if (exponent == 0) {
        value = (float)mantissa / 16777216.0f;
        return sign ? -value : value;
    }
    bits = sign | (exponent == 31 ? 255 : exponent + 112) << 23 | mantissa << 13;
    memcpy(&value, &bits, 4);
    return value;
}

static size_t length(const Tensor *tensor) { return tensor->bytes / 2; }

static void *kernel_init(Context *context, const char *buffer, size_t size) {
    const Params *params = (const Params *)buffer;
    Kernel *kernel = calloc(1, sizeof *kernel);
    (void)size;
    kernel->state = params->delegate->data;
    for (int i = 0; i < params->nodes->size && i < 512; i++) {
        Node *node;
        Registration *registration;
        context->get_node(context, params->nodes->data[i], &node, &registration);
        kernel->from[i] = node->inputs->data[0];
        kernel->to[i] = node->outputs->data[0];
        kernel->n = i + 1;
    }
    return kernel;
}

static void kernel_free(Context *context, void *kernel) { (void)context; free(kernel); }

static int kernel_prepare(Context *context, Node *node) {
    Kernel *kernel = node->user_data;
    for (int i = 0; i < kernel->n; i++) {
        const Ints *dims = context->tensors[kernel->from[i]].dims;
        Ints *copy = malloc(sizeof(Ints) + sizeof(int) * (size_t)dims->size);
        memcpy(copy, dims, sizeof(Ints) + sizeof(int) * (size_t)dims->size);
        context->tensors[kernel->to[i]].type = FLOAT32;
        context->tensors[kernel->to[i]].allocation = ARENA;
        if (context->resize(context, &context->tensors[kernel->to[i]], copy) != OK) return ERROR;
    }
    return OK;
}

static int kernel_invoke(Context *context, Node *node) {
    Kernel *kernel = node->user_data;
    State *state = kernel->state;
    if (state->die_after > 0 && state->runs++ >= state->die_after) {
        context->report(context, "the accelerator died\n");
        return ERROR;
    }
    for (int i = 0; i < kernel->n; i++) {
        const Tensor *from = &context->tensors[kernel->from[i]];
        float *to = (float *)context->tensors[kernel->to[i]].data;
        const uint16_t *half = (const uint16_t *)from->data;
        for (size_t k = 0; k < length(from); k++) to[k] = widen(half[k]) * (state->wrong ? 2.0f : 1.0f);
    }
    return OK;
}

static int prepare(Context *context, Delegate *delegate) {
    State *state = delegate->data;
    Registration kernel = {kernel_init, kernel_free, kernel_prepare, kernel_invoke, 0, 0, "halves", 1, 0, 0, 0};
    Ints *plan, *mine;
    int status;
    if (state->fail_prepare) {
        context->report(context, "the accelerator refuses the graph\n");
        return ERROR;
    }
    if (context->get_execution_plan(context, &plan) != OK) return ERROR;
    mine = malloc(sizeof(Ints) + sizeof(int) * (size_t)plan->size);
    mine->size = 0;
    for (int i = 0; i < plan->size; i++) {
        Node *node;
        Registration *registration;
        context->get_node(context, plan->data[i], &node, &registration);
        if (registration->builtin_code == DEQUANTIZE && context->tensors[node->inputs->data[0]].type == FLOAT16)
            mine->data[mine->size++] = plan->data[i];
    }
    status = context->replace(context, kernel, mine, delegate);
    free(mine);
    return status;
}

Delegate *tflite_plugin_create_delegate(char **keys, char **values, size_t n, void (*report)(const char *)) {
    Delegate *delegate = calloc(1, sizeof *delegate);
    State *state = calloc(1, sizeof *state);
    for (size_t i = 0; i < n; i++) {
        if (!strcmp(keys[i], "die_after")) state->die_after = atoi(values[i]);
        if (strcmp(keys[i], "fail")) continue;
        state->fail_prepare = !strcmp(values[i], "prepare");
        state->wrong = !strcmp(values[i], "wrong");
        if (!strcmp(values[i], "load")) {
            report("no such accelerator");
            free(state);
            free(delegate);
            return NULL;
        }
    }
    delegate->data = state;
    delegate->prepare = prepare;
    return delegate;
}

void tflite_plugin_destroy_delegate(Delegate *delegate) {
    if (delegate) free(delegate->data);
    free(delegate);
}
