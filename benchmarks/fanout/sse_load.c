/* Opens many event streams, publishes events to the server under test, and checks what every stream receives: sequence, loss,
 * repetition, latency. One thread, epoll. Prints JSON objects ("ready", "published", "finished", "recovered", "done") on standard output and waits
 * for a line on standard input before it publishes, so that whoever drives it can measure in between. It speaks to 127.0.0.0/8 only.
 *
 *   sse_load --port P --requests FILE --clients N [--feed-port P --events FILE (--window W | --rate R)] [--seconds S] ...
 *
 * requests FILE: a line per kind of client: path, then headers, separated by tabs; a multiple of the groups. Line i is of group
 *                i modulo groups, client i uses line i modulo lines.
 * --expect N --behind K: each client has seen all up to N - K, and is ready only when it has got N.
 * events FILE:   "group sequence length\n", then length bytes to write to the feed; sequences of a group are 1, 2, 3, ...
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "histogram.h"
#include "stream.h"

#define BUFFER (1 << 18)
#define FEED_ROOM (1 << 20)
#define MILLISECOND 1000000u

struct event {
    const char *bytes;
    size_t length;
    uint32_t group;
    int32_t outstanding; /* below zero: delivered before it was published, out of a log */
    uint64_t sequence, sent_at;
};

struct request {
    char *text;
    size_t length;
};

struct group {
    uint32_t readers; /* clients that read and are connected */
    uint32_t events, published;
    uint32_t *order; /* sequence - 1 -> event */
};

static struct {
    int port, feed_port, clients, groups, connecting, window, sources, cycles, processes, spin, expect, behind;
    double rate, seconds, drain_seconds, recover_seconds, connect_seconds, stalled;
    int process[64];
    const char *requests, *events;
} options = {.groups = 1, .connecting = 128, .sources = 8, .seconds = 3, .drain_seconds = 3, .connect_seconds = 60};

static struct client *clients;
static struct request *requests;
static struct group *groups;
static struct event *events;
static int request_count;
static size_t event_count, published, completed, abandoned;
static int poller, feed = -1, opened, alive, refused, dropped, in_connect, cycles_done;
static bool feed_blocked, closing_at_once, spinning;
static const char *feed_rest;
static size_t feed_rest_length;
static uint64_t now, first_sent, last_delivered, feed_refusals, early;
static struct histogram latency;
static struct reader reader;
static char buffer[BUFFER];

static uint64_t clock_now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void die(const char *what) {
    fprintf(stderr, "sse_load: %s: %s\n", what, errno ? strerror(errno) : "failed");
    exit(2);
}

static char *read_all(const char *path, size_t *length) {
    FILE *file = fopen(path, "rb");
    if (!file) die(path);
    fseek(file, 0, SEEK_END);
    *length = (size_t)ftell(file);
    rewind(file);
    char *text = malloc(*length + 1);
    if (!text || fread(text, 1, *length, file) != *length) die(path);
    text[*length] = 0;
    fclose(file);
    return text;
}

static void load_requests(const char *path) {
    size_t length;
    char *text = read_all(path, &length), *rest = text, *line;
    while ((line = strsep(&rest, "\n")) && *line) {
        requests = realloc(requests, (size_t)(request_count + 1) * sizeof *requests);
        char *target = strsep(&line, "\t"), *header, *request;
        if (asprintf(&request, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAccept: text/event-stream\r\n", target, options.port) < 0) abort();
        while ((header = strsep(&line, "\t"))) {
            char *longer;
            if (asprintf(&longer, "%s%s\r\n", request, header) < 0) abort();
            free(request);
            request = longer;
        }
        struct request *made = &requests[request_count++];
        if (asprintf(&made->text, "%s\r\n", request) < 0) abort();
        made->length = strlen(made->text);
        free(request);
    }
    free(text);
    if (!request_count || request_count % options.groups) die("the requests file needs as many lines as groups, or a multiple");
    groups = calloc((size_t)options.groups, sizeof *groups);
    if (!groups) abort();
}

static void load_events(const char *path) {
    size_t length;
    char *text = read_all(path, &length), *at = text;
    while (at < text + length) {
        events = event_count % 4096 ? events : realloc(events, (event_count + 4096) * sizeof *events);
        struct event *event = &events[event_count];
        memset(event, 0, sizeof *event);
        event->group = (uint32_t)strtoul(at, &at, 10);
        event->sequence = strtoull(at, &at, 10);
        event->length = strtoull(at, &at, 10);
        event->bytes = ++at;
        at += event->length;
        if (event->group >= (uint32_t)options.groups || at > text + length) die("the events file is broken");
        struct group *group = &groups[event->group];
        if (event->sequence != ++group->events) die("sequences of a group must be 1, 2, 3, ...");
        group->order = realloc(group->order, group->events * sizeof *group->order);
        group->order[event->sequence - 1] = (uint32_t)event_count++;
    }
}

static void delivered(struct client *client, uint64_t sequence) {
    struct group *group = &groups[client->group];
    if (sequence > group->events) return;
    struct event *event = &events[group->order[sequence - 1]];
    last_delivered = now;
    event->outstanding--;
    if (!event->sent_at) {
        early++;
        return;
    }
    histogram_add(&latency, now - event->sent_at);
    if (event->outstanding == 0) completed++;
}

/* --- connections --------------------------------------------------------------------------------------------------------------- */

static void watch(struct client *client, uint32_t wanted, int how) {
    struct epoll_event event = {.events = wanted, .data.u32 = (uint32_t)(client - clients)};
    if (epoll_ctl(poller, how, client->fd, &event) < 0) die("epoll_ctl");
}

static void open_client(struct client *client, int number) {
    static uint32_t source;
    struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000101u + source++ % (uint32_t)options.sources)};
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)options.port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int yes = 1, small = 4096, segment = 1400;
    char *pending = client->pending;
    uint32_t pending_size = client->pending_size;
    memset(client, 0, sizeof *client);
    client->pending = pending;
    client->pending_size = pending_size;
    client->request = &requests[number % request_count];
    client->group = (uint32_t)(number % request_count) % (uint32_t)options.groups;
    client->last_sequence = (uint64_t)(options.expect - options.behind);
    /* evenly among the clients, and never the same one of each group */
    client->stalled = options.stalled > 0 && (uint64_t)((number + 1) * options.stalled) != (uint64_t)(number * options.stalled);
    client->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (client->fd < 0) die("socket");
    setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    setsockopt(client->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
    if (client->stalled) {
        /* as from the Internet: with the loopback's segments of 64 KiB the kernel would hide megabytes for each */
        setsockopt(client->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
        setsockopt(client->fd, IPPROTO_TCP, TCP_MAXSEG, &segment, sizeof segment);
    }
    if (bind(client->fd, (struct sockaddr *)&from, sizeof from) < 0) die("bind");
    if (connect(client->fd, (struct sockaddr *)&to, sizeof to) < 0 && errno != EINPROGRESS) die("connect");
    client->phase = CONNECTING;
    in_connect++;
    opened++;
    watch(client, EPOLLOUT, EPOLL_CTL_ADD);
}

static void close_client(struct client *client) {
    if (client->phase == CONNECTING || client->phase == AWAITING_HEAD) in_connect--;
    if (client->phase == STREAMING && !client->stalled) groups[client->group].readers--;
    if (client->phase == STREAMING) alive--;
    client->phase = CLOSED;
    client->pending_length = 0;
    close(client->fd);
}

static void head_taken(struct client *client, int status, bool open) {
    in_connect--;
    if (status != 200) {
        if (!refused++) fprintf(stderr, "sse_load: a stream was answered with %d\n", status);
        client->phase = CLOSED;
        close(client->fd);
        return;
    }
    alive++;
    if (!client->stalled) groups[client->group].readers++;
    if (!open) {
        dropped++;
        close_client(client);
    } else if (client->stalled) {
        watch(client, 0, EPOLL_CTL_MOD);
    }
}

static void receive(struct client *client) {
    ssize_t length = recv(client->fd, buffer, sizeof buffer, 0);
    if (length < 0 && (errno == EAGAIN || errno == EINTR)) return;
    now = clock_now();
    if (length <= 0) {
        *(client->phase == STREAMING ? &dropped : &refused) += 1;
        close_client(client);
        return;
    }
    if (client->phase == STREAMING) {
        if (take_stream(&reader, client, buffer, (size_t)length)) return;
        dropped++;
        close_client(client);
        return;
    }
    bool open = true;
    int status = take_head(&reader, client, buffer, (size_t)length, &open);
    if (status) head_taken(client, status, open);
}

static void connected(struct client *client) {
    int error = 0;
    socklen_t size = sizeof error;
    const struct request *request = client->request;
    getsockopt(client->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error || send(client->fd, request->text, request->length, MSG_NOSIGNAL) != (ssize_t)request->length) {
        refused++;
        close_client(client);
        return;
    }
    client->phase = AWAITING_HEAD;
    watch(client, EPOLLIN, EPOLL_CTL_MOD);
}

/* --- publishing ---------------------------------------------------------------------------------------------------------------- */

static void open_feed(void) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)options.feed_port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int yes = 1;
    feed = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (feed < 0 || connect(feed, (struct sockaddr *)&to, sizeof to) < 0) die("cannot connect to the feed");
    setsockopt(feed, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    fcntl(feed, F_SETFL, O_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = UINT32_MAX};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, feed, &event) < 0) die("epoll_ctl");
}

static void wait_for_feed(bool blocked) {
    if (blocked == feed_blocked) return;
    struct epoll_event event = {.events = EPOLLIN | (blocked ? EPOLLOUT : 0), .data.u32 = UINT32_MAX};
    if (epoll_ctl(poller, EPOLL_CTL_MOD, feed, &event) < 0) die("epoll_ctl");
    feed_blocked = blocked;
}

static void write_feed(const char *bytes, size_t length) {
    ssize_t written = send(feed, bytes, length, MSG_NOSIGNAL);
    if (written < 0 && errno != EAGAIN) die("the feed was closed");
    if (written < 0) written = 0;
    feed_rest = bytes + written;
    feed_rest_length = length - (size_t)written;
    wait_for_feed(feed_rest_length > 0);
}

/* Publishes up to `count` events in one write. */
static void publish(size_t count) {
    static char joined[FEED_ROOM];
    size_t length = 0;
    if (feed_rest_length) return;
    uint64_t time = clock_now();
    while (count-- && published < event_count && length + events[published].length <= sizeof joined) {
        struct event *event = &events[published++];
        memcpy(joined + length, event->bytes, event->length);
        length += event->length;
        event->outstanding += (int32_t)groups[event->group].readers;
        event->sent_at = time;
        groups[event->group].published++;
        if (!first_sent) first_sent = time;
        if (event->outstanding == 0) completed++;
    }
    if (length) write_feed(joined, length);
}

static void drain_feed(uint32_t ready) {
    if (ready & EPOLLOUT) write_feed(feed_rest, feed_rest_length);
    if (!(ready & (EPOLLIN | EPOLLHUP | EPOLLERR))) return;
    ssize_t length = recv(feed, buffer, sizeof buffer - 1, 0);
    if (length <= 0) die("the feed was closed");
    buffer[length] = 0;
    /* only an HTTP feed answers */
    for (char *at = buffer; (at = strstr(at, "HTTP/1.1 ")); at += 9)
        if (at[9] != '2') feed_refusals++;
}

/* --- phases -------------------------------------------------------------------------------------------------------------------- */

/* Waits up to `nanoseconds`. While events arrive (within `--spin` nanoseconds) it does not sleep: the kernel would charge the server for waking this
 * process at every send, which no server pays for a reader on another machine. */
static int await(struct epoll_event *ready, int room, uint64_t nanoseconds) {
    static uint64_t active;
    uint64_t start = clock_now(), time = start;
    int count = 0;
    while (spinning && time - active < (uint64_t)options.spin && time - start < nanoseconds) {
        if ((count = epoll_wait(poller, ready, room, 0))) {
            active = clock_now();
            return count;
        }
        time = clock_now();
    }
    struct timespec rest = {.tv_nsec = (long)(nanoseconds - (time - start))};
    if (time - start < nanoseconds) count = epoll_pwait2(poller, ready, room, &rest, NULL);
    if (count > 0) active = clock_now();
    return count;
}

static void turn(uint64_t nanoseconds) {
    struct epoll_event ready[512];
    int count = await(ready, 512, nanoseconds);
    for (int i = 0; i < count; i++) {
        if (ready[i].data.u32 == UINT32_MAX) {
            drain_feed(ready[i].events);
            continue;
        }
        struct client *client = &clients[ready[i].data.u32];
        if (client->phase == CLOSED) continue;
        if (client->phase == CONNECTING) connected(client);
        else receive(client);
        if (closing_at_once && client->phase == STREAMING && client->greeted) {
            close_client(client);
            cycles_done++;
        }
    }
}

static uint64_t processor_ticks(void) {
    uint64_t sum = 0;
    for (int i = 0; i < options.processes; i++) {
        char path[64], text[1024];
        snprintf(path, sizeof path, "/proc/%d/stat", options.process[i]);
        FILE *file = fopen(path, "r");
        if (!file) continue;
        size_t length = fread(text, 1, sizeof text - 1, file);
        fclose(file);
        text[length] = 0;
        char *after_name = strrchr(text, ')');
        uint64_t user, system;
        if (after_name && sscanf(after_name + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %" SCNu64 " %" SCNu64, &user, &system) == 2)
            sum += user + system;
    }
    return sum;
}

static double own_processor_seconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void wait_for_driver(void) {
    char line[16];
    fflush(stdout);
    if (!fgets(line, sizeof line, stdin)) exit(3);
}

static double seconds_since(uint64_t time) {
    return (double)(clock_now() - time) / 1e9;
}

static int count_complete(void) {
    int complete = 0;
    for (int i = 0; i < options.clients; i++) complete += clients[i].last_sequence >= (uint64_t)options.expect;
    return complete;
}

static void connect_all(void) {
    uint64_t start = clock_now();
    int next = 0;
    while ((alive + refused + dropped < options.clients || count_complete() < options.clients) && seconds_since(start) < options.connect_seconds) {
        while (next < options.clients && in_connect < options.connecting) {
            open_client(&clients[next], next);
            next++;
        }
        turn(50 * MILLISECOND);
    }
    const struct tally *tally = &reader.tally;
    printf("{\"phase\":\"ready\",\"connected\":%d,\"refused\":%d,\"dropped\":%d,\"connect_seconds\":%.4f,\"complete\":%d,\"faults\":%" PRIu64 "}\n", alive,
           refused, dropped, seconds_since(start), count_complete(), tally->lost + tally->repeated + tally->id_errors + tally->reset + tally->lagged);
}

static void run_cycles(void) {
    uint64_t start = clock_now();
    closing_at_once = true;
    while (cycles_done + refused < options.cycles && seconds_since(start) < options.connect_seconds) {
        for (int i = 0; i < options.clients && opened - refused < options.cycles; i++)
            if (clients[i].phase == CLOSED) open_client(&clients[i], i);
        turn(50 * MILLISECOND);
    }
    printf("{\"phase\":\"done\",\"cycles\":%d,\"refused\":%d,\"seconds\":%.4f}\n", cycles_done, refused, seconds_since(start));
}

/* Tells the driver now and then how far publishing got: it moves the log's end along. */
static void tell_progress(void) {
    static uint64_t told;
    if (clock_now() - told < 50 * MILLISECOND) return;
    told = clock_now();
    printf("{\"phase\":\"published\",\"count\":%zu}\n", published);
    fflush(stdout);
}

/* Keeps `window` events in flight: the next one goes when an earlier one reached everybody. */
static void publish_by_window(void) {
    uint64_t start = clock_now(), progress = start;
    size_t completed_before = 0;
    while (published < event_count && seconds_since(start) < options.seconds) {
        long in_flight = (long)published - (long)completed - (long)abandoned;
        if (in_flight < options.window) publish((size_t)(options.window - in_flight));
        turn(20 * MILLISECOND);
        tell_progress();
        if (completed != completed_before) {
            completed_before = completed;
            progress = clock_now();
        } else if (seconds_since(progress) > 2) {
            /* lost by the server: go on, or a lossy server would never be measured */
            abandoned = published - completed;
            progress = clock_now();
        }
    }
}

static void publish_by_rate(void) {
    uint64_t start = clock_now();
    uint64_t step = (uint64_t)(1e9 / options.rate), next = start;
    while (published < event_count && seconds_since(start) < options.seconds) {
        uint64_t time = clock_now();
        if (time >= next) {
            size_t due = (size_t)((time - next) / step) + 1;
            publish(due);
            next += due * step;
        }
        tell_progress();
        time = clock_now();
        if (time < next) turn(next - time < 20 * MILLISECOND ? next - time : 20 * MILLISECOND);
    }
}

static void drain(void) {
    printf("{\"phase\":\"finished\",\"count\":%zu}\n", published);
    fflush(stdout);
    uint64_t start = clock_now(), seen = 0, progress = start;
    while (completed < published && seconds_since(start) < options.drain_seconds && seconds_since(progress) < 2) {
        turn(20 * MILLISECOND);
        if (reader.tally.deliveries != seen) {
            seen = reader.tally.deliveries;
            progress = clock_now();
        }
    }
}

/* Those that had stalled read again: what do they get? */
static void recover(void) {
    uint64_t start = clock_now();
    size_t behind = 1;
    if (options.stalled <= 0 || options.recover_seconds <= 0) return;
    for (int i = 0; i < options.clients; i++) {
        int room = 1 << 20;
        if (!clients[i].stalled || clients[i].phase != STREAMING) continue;
        setsockopt(clients[i].fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
        watch(&clients[i], EPOLLIN, EPOLL_CTL_MOD);
    }
    while (behind && seconds_since(start) < options.recover_seconds) {
        turn(20 * MILLISECOND);
        behind = 0;
        for (int i = 0; i < options.clients; i++)
            if (clients[i].stalled && clients[i].phase == STREAMING && clients[i].last_sequence < groups[clients[i].group].published) behind++;
    }
    printf("{\"phase\":\"recovered\",\"behind\":%zu,\"seconds\":%.4f}\n", behind, seconds_since(start));
}

static void report(uint64_t ticks, double own, uint64_t started) {
    const struct tally *tally = &reader.tally;
    uint64_t expected_lost = 0;
    for (size_t i = 0; i < published; i++)
        if (events[i].outstanding > 0) expected_lost += (uint64_t)events[i].outstanding;
    printf("{\"phase\":\"done\",\"published\":%zu,\"completed\":%zu,\"deliveries\":%" PRIu64 ",\"missing\":%" PRIu64 ",\"holes\":%" PRIu64
           ",\"repeated\":%" PRIu64 ",\"id_errors\":%" PRIu64 ",\"early\":%" PRIu64 ",\"bytes\":%" PRIu64 ",",
           published, completed, tally->deliveries, expected_lost, tally->lost, tally->repeated, tally->id_errors, early, tally->bytes);
    printf("\"seconds\":%.6f,\"server_cpu_seconds\":%.4f,\"load_cpu_seconds\":%.4f,\"load_seconds\":%.4f,",
           last_delivered > first_sent ? (double)(last_delivered - first_sent) / 1e9 : 0.0, (double)ticks / (double)sysconf(_SC_CLK_TCK), own,
           seconds_since(started));
    printf("\"p50_ms\":%.4f,\"p90_ms\":%.4f,\"p99_ms\":%.4f,\"max_ms\":%.4f,", (double)histogram_at(&latency, 0.5) / 1e6,
           (double)histogram_at(&latency, 0.9) / 1e6, (double)histogram_at(&latency, 0.99) / 1e6, (double)latency.maximum / 1e6);
    printf("\"sync\":%" PRIu64 ",\"reset\":%" PRIu64 ",\"lagged\":%" PRIu64 ",\"drain\":%" PRIu64 ",\"end\":%" PRIu64 ",\"comments\":%" PRIu64
           ",\"frames_without_sequence\":%" PRIu64 ",\"connected\":%d,\"refused\":%d,\"dropped\":%d,\"feed_refusals\":%" PRIu64 ",",
           tally->sync, tally->reset, tally->lagged, tally->drain, tally->end, tally->comments, tally->frames_without_sequence, alive, refused,
           dropped, feed_refusals);
    printf("\"stalled_deliveries\":%" PRIu64 ",\"stalled_lost\":%" PRIu64 ",\"stalled_repeated\":%" PRIu64 "}\n", tally->stalled_deliveries,
           tally->stalled_lost, tally->stalled_repeated);
}

static void parse_options(int count, char **arguments) {
    static const struct option names[] = {
        {"port", 1, 0, 'p'}, {"requests", 1, 0, 'q'}, {"clients", 1, 0, 'n'}, {"connecting", 1, 0, 'c'}, {"sources", 1, 0, 'a'},
        {"feed-port", 1, 0, 'f'}, {"events", 1, 0, 'e'}, {"window", 1, 0, 'w'}, {"rate", 1, 0, 'r'}, {"seconds", 1, 0, 's'},
        {"drain-seconds", 1, 0, 'd'}, {"recover-seconds", 1, 0, 'R'}, {"connect-seconds", 1, 0, 'C'}, {"stalled", 1, 0, 'S'},
        {"cycles", 1, 0, 'y'}, {"groups", 1, 0, 'g'}, {"spin", 1, 0, 'x'}, {"process", 1, 0, 'P'},
        {"expect", 1, 0, 'E'}, {"behind", 1, 0, 'B'}, {0, 0, 0, 0}};
    int option;
    while ((option = getopt_long(count, arguments, "", names, NULL)) != -1) {
        switch (option) {
        case 'p': options.port = atoi(optarg); break;
        case 'q': options.requests = optarg; break;
        case 'n': options.clients = atoi(optarg); break;
        case 'c': options.connecting = atoi(optarg); break;
        case 'a': options.sources = atoi(optarg); break;
        case 'f': options.feed_port = atoi(optarg); break;
        case 'e': options.events = optarg; break;
        case 'w': options.window = atoi(optarg); break;
        case 'r': options.rate = atof(optarg); break;
        case 's': options.seconds = atof(optarg); break;
        case 'd': options.drain_seconds = atof(optarg); break;
        case 'R': options.recover_seconds = atof(optarg); break;
        case 'C': options.connect_seconds = atof(optarg); break;
        case 'S': options.stalled = atof(optarg); break;
        case 'x': options.spin = atoi(optarg); break;
        case 'g': options.groups = atoi(optarg); break;
        case 'E': options.expect = atoi(optarg); break;
        case 'B': options.behind = atoi(optarg); break;
        case 'y': options.cycles = atoi(optarg); break;
        case 'P':
            if (options.processes < 64) options.process[options.processes++] = atoi(optarg);
            break;
        default: exit(2);
        }
    }
    if (!options.port || !options.requests || options.clients < 1 || options.clients > 50000 || options.sources < 1 || options.groups < 1) {
        fprintf(stderr, "sse_load: --port, --requests and --clients (1 to 50000) are needed\n");
        exit(2);
    }
    if (options.behind > options.expect) die("--behind is more than --expect");
    if (options.feed_port && (!options.events || (options.window > 0) == (options.rate > 0))) {
        fprintf(stderr, "sse_load: --feed-port needs --events and one of --window and --rate\n");
        exit(2);
    }
}

int main(int count, char **arguments) {
    parse_options(count, arguments);
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    if (files.rlim_cur < (rlim_t)options.clients + 16) {
        fprintf(stderr, "sse_load: %d clients need more than the %lu open files allowed here\n", options.clients, (unsigned long)files.rlim_cur);
        exit(2);
    }
    load_requests(options.requests);
    if (options.events) load_events(options.events);
    clients = calloc((size_t)options.clients, sizeof *clients);
    poller = epoll_create1(EPOLL_CLOEXEC);
    if (!clients || poller < 0) die("start");
    for (int i = 0; i < options.clients; i++) clients[i].phase = CLOSED;
    reader.delivered = delivered;
    if (options.cycles) {
        run_cycles();
        return 0;
    }
    connect_all();
    wait_for_driver();
    if (options.feed_port) open_feed();
    uint64_t ticks = processor_ticks(), started = clock_now();
    double own = own_processor_seconds();
    spinning = true;
    if (options.feed_port) {
        if (options.window) publish_by_window();
        else publish_by_rate();
        drain();
    } else {
        while (seconds_since(started) < options.seconds) turn(20 * MILLISECOND);
    }
    ticks = processor_ticks() - ticks;
    own = own_processor_seconds() - own;
    spinning = false;
    if (options.feed_port) wait_for_driver(); /* for its answer to "finished": the log ends where publishing did */
    recover();
    report(ticks, own, started);
    wait_for_driver();
    return 0;
}
