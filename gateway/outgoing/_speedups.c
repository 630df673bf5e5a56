/* Sends the same bytes to many sockets in one call.
 *
 * A stream's event is one send per reader. Called from Python, each costs the interpreter more than the kernel asks of a reader that is
 * up to date; and what lies between two sends lets a reader on the same machine fall asleep, so that the next one has to wake it.
 * Optional: without it `gateway.broadcast` writes to the transports one by one. Limited API of Python 3.11.
 */
#define Py_LIMITED_API 0x030b0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0 /* Python ignores SIGPIPE */
#endif

#define FEW 32 /* sends that take less time than another thread would notice */

/* Send to each, remember in `sent` what each took, and say how many did not take all. */
static Py_ssize_t send_to_each(const int *sockets, Py_ssize_t count, const Py_buffer *data, Py_ssize_t *sent) {
    Py_ssize_t short_ones = 0;
    for (Py_ssize_t i = 0; i < count; i++) {
        do
            sent[i] = send(sockets[i], data->buf, (size_t)data->len, MSG_DONTWAIT | MSG_NOSIGNAL);
        while (sent[i] < 0 && errno == EINTR);
        short_ones += sent[i] != data->len;
    }
    return short_ones;
}

static PyObject *list_short_ones(const Py_ssize_t *sent, Py_ssize_t count, Py_ssize_t length) {
    PyObject *list = PyList_New(0);
    for (Py_ssize_t i = 0; list && i < count; i++) {
        if (sent[i] == length)
            continue;
        PyObject *pair = Py_BuildValue("(nn)", i, sent[i] < 0 ? 0 : sent[i]);
        if (!pair || PyList_Append(list, pair) < 0)
            Py_CLEAR(list);
        Py_XDECREF(pair);
    }
    return list;
}

static PyObject *send_all(PyObject *module, PyObject *const *args, Py_ssize_t nargs) {
    Py_buffer sockets, data;
    PyObject *answer = NULL;
    Py_ssize_t few[FEW], *sent = few, short_ones;

    (void)module;
    if (nargs != 2) {
        PyErr_SetString(PyExc_TypeError, "send_all takes the sockets and the data");
        return NULL;
    }
    if (PyObject_GetBuffer(args[0], &sockets, PyBUF_CONTIG_RO | PyBUF_FORMAT) < 0)
        return NULL;
    if (!sockets.format || strcmp(sockets.format, "i")) {
        PyErr_SetString(PyExc_TypeError, "the sockets must be an array of C ints");
        PyBuffer_Release(&sockets);
        return NULL;
    }
    if (PyObject_GetBuffer(args[1], &data, PyBUF_SIMPLE) < 0) {
        PyBuffer_Release(&sockets);
        return NULL;
    }
    Py_ssize_t count = sockets.len / (Py_ssize_t)sizeof(int);
    if (count <= FEW)
        short_ones = send_to_each(sockets.buf, count, &data, sent);
    else if ((sent = PyMem_Malloc((size_t)count * sizeof *sent))) {
        Py_BEGIN_ALLOW_THREADS
        short_ones = send_to_each(sockets.buf, count, &data, sent);
        Py_END_ALLOW_THREADS
    } else {
        PyErr_NoMemory();
        goto done;
    }
    answer = short_ones ? list_short_ones(sent, count, data.len) : PyTuple_New(0);
done:
    if (sent != few)
        PyMem_Free(sent);
    PyBuffer_Release(&data);
    PyBuffer_Release(&sockets);
    return answer;
}

static PyMethodDef methods[] = {
    {"send_all", (PyCFunction)(void (*)(void))send_all, METH_FASTCALL,
     "send_all(sockets, data, /)\n--\n\nSend `data` to each socket of an array of C ints, without waiting.\n\n"
     "Gives (index, bytes taken) of those that did not take all of it, whatever the reason."},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {{0, NULL}};

static struct PyModuleDef definition = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "gateway.outgoing._speedups",
    .m_doc = "Sends the same bytes to many sockets in one call.",
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit__speedups(void) { return PyModuleDef_Init(&definition); }
