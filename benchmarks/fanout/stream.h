/* What a client knows of its event stream: the HTTP response around it, the chunks, the frames and the sequence inside. */
#ifndef STREAM_H
#define STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum phase { CONNECTING, AWAITING_HEAD, STREAMING, CLOSED };
enum chunk_part { CHUNK_SIZE, CHUNK_EXTENSION, CHUNK_DATA, CHUNK_END };

struct request;

struct client {
    int fd;
    const struct request *request;
    uint32_t group;
    uint64_t last_sequence;
    uint64_t last_position; /* of `id: <epoch>.<position>`; 0 until the first */
    uint64_t chunk_left;
    char *pending; /* an incomplete head or frame */
    uint32_t pending_length, pending_size;
    uint16_t sequence_offset; /* where `seq=` stood in the last frame's data */
    uint8_t phase, chunk_part;
    bool chunked, stalled, greeted;
};

/* What all clients saw together. */
struct tally {
    uint64_t deliveries, bytes, lost, repeated, id_errors, frames_without_sequence;
    uint64_t sync, reset, lagged, drain, end, comments;
    uint64_t stalled_deliveries, stalled_lost, stalled_repeated;
};

/* Called for each event that a client received in order. */
typedef void (*on_delivery)(struct client *, uint64_t sequence);

struct reader {
    struct tally tally;
    on_delivery delivered;
};

static inline bool digits(const char *text, size_t length, uint64_t *number) {
    uint64_t value = 0;
    size_t at = 0;
    while (at < length && text[at] >= '0' && text[at] <= '9') value = value * 10 + (uint64_t)(text[at++] - '0');
    *number = value;
    return at > 0;
}

static void keep(struct client *client, const char *bytes, size_t length) {
    if (client->pending_length + length > client->pending_size) {
        client->pending_size = (uint32_t)(client->pending_length + length + 256);
        client->pending = realloc(client->pending, client->pending_size);
        if (!client->pending) abort();
    }
    memcpy(client->pending + client->pending_length, bytes, length);
    client->pending_length += (uint32_t)length;
}

static void check_position(struct reader *reader, struct client *client, const char *id, size_t length) {
    const char *dot = memrchr(id, '.', length);
    uint64_t position;
    if (!dot || !digits(dot + 1, length - (size_t)(dot + 1 - id), &position)) return;
    if (client->last_position && position != client->last_position + 1) reader->tally.id_errors++;
    client->last_position = position;
}

static bool find_sequence(struct client *client, const char *data, size_t length, uint64_t *sequence) {
    size_t offset = client->sequence_offset;
    if (offset + 5 > length || memcmp(data + offset, "seq=", 4) != 0) {
        const char *found = memmem(data, length, "seq=", 4);
        if (!found) return false;
        offset = (size_t)(found - data);
        client->sequence_offset = (uint16_t)offset;
    }
    return digits(data + offset + 4, length - offset - 4, sequence);
}

static void check_sequence(struct reader *reader, struct client *client, uint64_t sequence) {
    struct tally *tally = &reader->tally;
    if (sequence <= client->last_sequence) {
        *(client->stalled ? &tally->stalled_repeated : &tally->repeated) += 1;
        return;
    }
    uint64_t hole = sequence - client->last_sequence - 1;
    client->last_sequence = sequence;
    if (client->stalled) {
        tally->stalled_lost += hole;
        tally->stalled_deliveries++;
        return;
    }
    tally->lost += hole;
    tally->deliveries++;
    reader->delivered(client, sequence);
}

struct frame {
    const char *event, *id, *data;
    size_t event_length, id_length, data_length;
};

static bool named(const struct frame *frame, const char *name) {
    return frame->event_length == strlen(name) && memcmp(frame->event, name, frame->event_length) == 0;
}

/* A snapshot stands for what was left out, up to `to`: nothing of that is lost, and positions count as sequences do. */
static void take_lagged(struct reader *reader, struct client *client, const struct frame *frame) {
    const char *to = memmem(frame->data, frame->data_length, "\"to\":\"", 6);
    const char *end = to ? memchr(to + 6, '"', frame->data_length - (size_t)(to + 6 - frame->data)) : NULL;
    reader->tally.lagged++;
    if (!end) return;
    client->last_position = 0;
    check_position(reader, client, to + 6, (size_t)(end - to - 6));
    client->last_sequence = client->last_position;
}

static void take_frame(struct reader *reader, struct client *client, const struct frame *frame) {
    struct tally *tally = &reader->tally;
    uint64_t sequence;
    client->greeted = true;
    if (!frame->data) {
        tally->comments++;
        return;
    }
    if (frame->event && !named(frame, "message")) {
        if (named(frame, "sync")) tally->sync++;
        else if (named(frame, "reset")) tally->reset++;
        else if (named(frame, "lagged")) take_lagged(reader, client, frame);
        else if (named(frame, "drain")) tally->drain++;
        else if (named(frame, "end")) tally->end++;
        return;
    }
    if (!find_sequence(client, frame->data, frame->data_length, &sequence)) {
        tally->frames_without_sequence++;
        return;
    }
    if (frame->id) check_position(reader, client, frame->id, frame->id_length);
    check_sequence(reader, client, sequence);
}

static void value_of(const char *line, size_t length, size_t name, const char **value, size_t *value_length) {
    size_t from = name + 1;
    if (from < length && line[from] == ' ') from++;
    *value = line + from;
    *value_length = length - from;
}

/* Takes all complete frames; returns how many bytes they were. */
static size_t take_frames(struct reader *reader, struct client *client, const char *bytes, size_t length) {
    struct frame frame = {0};
    size_t at = 0, taken = 0;
    const char *newline;
    while ((newline = memchr(bytes + at, '\n', length - at))) {
        const char *line = bytes + at;
        size_t size = (size_t)(newline - line);
        at += size + 1;
        if (size && line[size - 1] == '\r') size--;
        if (size == 0) {
            take_frame(reader, client, &frame);
            memset(&frame, 0, sizeof frame);
            taken = at;
        } else if (size > 5 && memcmp(line, "data:", 5) == 0) {
            value_of(line, size, 4, &frame.data, &frame.data_length);
        } else if (size > 3 && memcmp(line, "id:", 3) == 0) {
            value_of(line, size, 2, &frame.id, &frame.id_length);
        } else if (size > 6 && memcmp(line, "event:", 6) == 0) {
            value_of(line, size, 5, &frame.event, &frame.event_length);
        }
    }
    return taken;
}

static void take_body(struct reader *reader, struct client *client, const char *bytes, size_t length) {
    if (client->pending_length) {
        /* complete the frame that was cut first, so that only one frame is copied */
        size_t until = 0;
        while (until < length) {
            const char *newline = memchr(bytes + until, '\n', length - until);
            size_t piece = newline ? (size_t)(newline - bytes) + 1 - until : length - until;
            keep(client, bytes + until, piece);
            until += piece;
            if (take_frames(reader, client, client->pending, client->pending_length) == client->pending_length) {
                client->pending_length = 0;
                break;
            }
        }
        bytes += until;
        length -= until;
        if (client->pending_length) return;
    }
    size_t taken = take_frames(reader, client, bytes, length);
    if (taken < length) keep(client, bytes + taken, length - taken);
}

static int hex(char digit) {
    if (digit >= '0' && digit <= '9') return digit - '0';
    digit |= 0x20;
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/* Takes bytes of a chunked or plain body; false when the stream ended or is not HTTP. */
static bool take_stream(struct reader *reader, struct client *client, const char *bytes, size_t length) {
    reader->tally.bytes += length;
    if (!client->chunked) {
        take_body(reader, client, bytes, length);
        return true;
    }
    size_t at = 0;
    while (at < length) {
        switch (client->chunk_part) {
        case CHUNK_SIZE: {
            int digit = hex(bytes[at]);
            if (digit >= 0) {
                client->chunk_left = client->chunk_left * 16 + (uint64_t)digit;
                at++;
            } else {
                client->chunk_part = CHUNK_EXTENSION;
            }
            break;
        }
        case CHUNK_EXTENSION:
            if (bytes[at++] == '\n') {
                if (client->chunk_left == 0) return false;
                client->chunk_part = CHUNK_DATA;
            }
            break;
        case CHUNK_DATA: {
            size_t piece = length - at < client->chunk_left ? length - at : (size_t)client->chunk_left;
            take_body(reader, client, bytes + at, piece);
            at += piece;
            client->chunk_left -= piece;
            if (client->chunk_left == 0) client->chunk_part = CHUNK_END;
            break;
        }
        default:
            if (bytes[at++] == '\n') client->chunk_part = CHUNK_SIZE;
        }
    }
    return true;
}

/* Takes bytes of the response's head and, once complete, of its body. Returns the status, 0 while incomplete, -1 when it is not HTTP. */
static int take_head(struct reader *reader, struct client *client, const char *bytes, size_t length, bool *alive) {
    keep(client, bytes, length);
    char *head = client->pending, *end = memmem(head, client->pending_length, "\r\n\r\n", 4);
    if (!end) return client->pending_length > 16384 ? -1 : 0;
    if (client->pending_length < 12 || memcmp(head, "HTTP/1.", 7) != 0) return -1;
    int status = atoi(head + 9);
    size_t size = (size_t)(end - head) + 4, rest = client->pending_length - size;
    for (char *letter = head; letter < end; letter++)
        if (*letter >= 'A' && *letter <= 'Z') *letter |= 0x20;
    client->chunked = memmem(head, size, "transfer-encoding: chunked", 26) != NULL;
    client->phase = STREAMING;
    char *body = malloc(rest + 1);
    if (!body) abort();
    memcpy(body, head + size, rest);
    client->pending_length = 0;
    *alive = take_stream(reader, client, body, rest);
    free(body);
    return status;
}

#endif
