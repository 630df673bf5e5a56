/* What the kernel asks for at least: a server that knows nothing but its sockets. One thread, epoll; an event is formatted once and sent
 * with one send() per listener of its team; events that arrive together are joined. No authentication, no log, no resume, no limits.
 *
 *   socket_limit STREAM_PORT FEED_PORT        feed: lines of "<team> <job> <event id> <json>"
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define DESCRIPTORS 65536
#define TEAMS 65536
#define FEED_ROOM (1 << 20)

static const char HEAD[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\nCache-Control: no-store\r\n\r\nd\r\n: connected\n\n\r\n";

struct team {
    int *listeners, count, room;
    char *joined; /* frames not sent yet, as one chunk each */
    size_t length, size;
};

static struct team teams[TEAMS];
static struct {
    uint32_t team; /* 0: not listening */
    int place;
} listeners[DESCRIPTORS];
static uint32_t waiting[TEAMS];
static int waiting_count, poller;

static void die(const char *what) {
    perror(what);
    exit(2);
}

static int listen_on(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int yes = 1, socket_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    setsockopt(socket_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(socket_, (struct sockaddr *)&address, sizeof address) < 0 || listen(socket_, 4096) < 0) die("listen");
    return socket_;
}

static void watch(int descriptor) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event) < 0) die("epoll_ctl");
}

static void leave(int descriptor) {
    uint32_t number = listeners[descriptor].team;
    if (number) {
        struct team *team = &teams[number];
        int last = team->listeners[--team->count];
        team->listeners[listeners[descriptor].place] = last;
        listeners[last].place = listeners[descriptor].place;
        listeners[descriptor].team = 0;
    }
    close(descriptor);
}

static void join(int descriptor, uint32_t number) {
    struct team *team = &teams[number];
    if (team->count == team->room) {
        team->room = team->room ? team->room * 2 : 8;
        team->listeners = realloc(team->listeners, (size_t)team->room * sizeof(int));
        if (!team->listeners) abort();
    }
    listeners[descriptor].team = number;
    listeners[descriptor].place = team->count;
    team->listeners[team->count++] = descriptor;
}

static void answer(int descriptor) {
    char request[8192];
    ssize_t length = recv(descriptor, request, sizeof request - 1, 0);
    if (length <= 0 || listeners[descriptor].team) {
        leave(descriptor);
        return;
    }
    request[length] = 0;
    const char *team = strstr(request, "team_id=");
    uint32_t number = team ? (uint32_t)atoi(team + 8) : 0;
    if (number == 0 || number >= TEAMS || send(descriptor, HEAD, sizeof HEAD - 1, MSG_NOSIGNAL) < 0) {
        leave(descriptor);
        return;
    }
    join(descriptor, number);
}

static void frame(char *line) {
    char *job = strchr(line, ' '), *id = job ? strchr(job + 1, ' ') : NULL, *json = id ? strchr(id + 1, ' ') : NULL;
    uint32_t number = (uint32_t)atoi(line);
    if (!json || number == 0 || number >= TEAMS) return;
    *json++ = 0;
    struct team *team = &teams[number];
    size_t size = strlen(id + 1) + strlen(json) + 28;
    if (team->length + size + 32 > team->size) {
        team->size = (team->length + size + 32) * 2;
        team->joined = realloc(team->joined, team->size);
        if (!team->joined) abort();
    }
    if (!team->length) waiting[waiting_count++] = number;
    team->length += (size_t)sprintf(team->joined + team->length, "%zx\r\nid: %s\nevent: message\ndata: %s\n\n\r\n", size, id + 1, json);
}

static void send_joined(void) {
    for (int i = 0; i < waiting_count; i++) {
        struct team *team = &teams[waiting[i]];
        for (int place = team->count - 1; place >= 0; place--) {
            int descriptor = team->listeners[place];
            ssize_t sent = send(descriptor, team->joined, team->length, MSG_NOSIGNAL | MSG_DONTWAIT);
            /* who does not keep up is left out: there is nothing less that a server could do */
            if (sent != (ssize_t)team->length) leave(descriptor);
        }
        team->length = 0;
    }
    waiting_count = 0;
}

static bool take_feed(int descriptor) {
    static char room[FEED_ROOM + 1];
    static size_t kept;
    ssize_t length = recv(descriptor, room + kept, FEED_ROOM - kept, 0);
    if (length <= 0) {
        kept = 0;
        close(descriptor);
        return false;
    }
    kept += (size_t)length;
    char *line = room, *newline;
    while ((newline = memchr(line, '\n', kept - (size_t)(line - room)))) {
        *newline = 0;
        frame(line);
        line = newline + 1;
    }
    kept -= (size_t)(line - room);
    memmove(room, line, kept);
    send_joined();
    return true;
}

int main(int count, char **arguments) {
    if (count != 3) {
        fprintf(stderr, "usage: socket_limit STREAM_PORT FEED_PORT\n");
        return 2;
    }
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max < DESCRIPTORS ? files.rlim_max : DESCRIPTORS;
    setrlimit(RLIMIT_NOFILE, &files);
    poller = epoll_create1(0);
    int streams = listen_on(atoi(arguments[1])), feeds = listen_on(atoi(arguments[2])), feed = -1;
    watch(streams);
    watch(feeds);
    for (;;) {
        struct epoll_event ready[512];
        int found = epoll_wait(poller, ready, 512, -1);
        for (int i = 0; i < found; i++) {
            int descriptor = ready[i].data.fd, accepted;
            if (descriptor == streams) {
                while ((accepted = accept4(streams, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
                    int yes = 1;
                    setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
                    if (accepted < DESCRIPTORS) watch(accepted);
                    else close(accepted);
                }
            } else if (descriptor == feeds) {
                if ((accepted = accept4(feeds, NULL, NULL, SOCK_NONBLOCK)) >= 0) watch(feed = accepted);
            } else if (descriptor == feed) {
                if (!take_feed(descriptor)) feed = -1;
            } else {
                answer(descriptor);
            }
        }
    }
}
