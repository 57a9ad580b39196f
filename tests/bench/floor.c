// The floor: the least that any program must ask of the kernel for a ring of N hosts, and nothing
// else.
//
// It makes what `netlab up` makes of the ring that ring.py writes (each node its user, PID, mount,
// UTS, IPC, network and cgroup namespaces; one veth pair with one queue to the next node, both ends
// born in place; one IPv4 and one IPv6 address at each end; lo and links up; hostname; /proc)
// without a topology, checks, a file system for the nodes, an init, a supervisor, or errors for
// people. What netlab takes beyond this is netlab's own cost.
//
// Usage: bench_floor N [HOLD]. Prints the phases' milliseconds as one line of JSON; with HOLD it
// then waits until stdin closes (so that memory can be measured), kills the nodes and prints how
// long that took.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { batch_bytes = 8192, mac_bytes = 6 };

struct node {
    pid_t pid;
    int netns;
};

// Shared by all nodes: each takes one byte of `go` when it may configure itself, and adds one to
// `done` after it.
struct signals {
    int go[2];
    int done[2];
};

static void require(int done, const char* step) {
    if (!done) {
        perror(step);
        exit(1);
    }
}

static double now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void write_text(const char* path, const char* text) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    require(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text), path);
    close(fd);
}

// ----------------------------------------------------------------------------------------------
// netlink

struct batch {
    int fd;
    size_t used;
    int requests;
    char bytes[batch_bytes * 2];
};

static int netlink_socket(void) {
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    int on = 1;
    require(fd >= 0 && setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof on) == 0,
            "netlink socket");
    return fd;
}

static void flush(struct batch* b) {
    if (b->used == 0) {
        return;
    }
    require(send(b->fd, b->bytes, b->used, 0) == (ssize_t)b->used, "send netlink");
    char answers[65536];
    while (b->requests > 0) {
        ssize_t got = recv(b->fd, answers, sizeof answers, 0);
        require(got > 0, "receive netlink");
        size_t left = (size_t)got;
        for (struct nlmsghdr* m = (void*)answers; NLMSG_OK(m, left); m = NLMSG_NEXT(m, left)) {
            const struct nlmsgerr* answer = NLMSG_DATA(m);
            errno = m->nlmsg_type == NLMSG_ERROR ? -answer->error : EPROTO;
            require(errno == 0, "netlink request");
            b->requests--;
        }
    }
    b->used = 0;
}

static struct nlmsghdr* begin(struct batch* b, int type, int flags, const void* fixed,
                              size_t fixed_size) {
    if (b->used > batch_bytes - 512) {
        flush(b);
    }
    struct nlmsghdr* m = (void*)(b->bytes + b->used);
    memset(m, 0, NLMSG_HDRLEN);
    m->nlmsg_len = (uint32_t)NLMSG_LENGTH(fixed_size);
    m->nlmsg_type = (uint16_t)type;
    m->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | NLM_F_ACK | flags);
    memcpy(NLMSG_DATA(m), fixed, fixed_size);
    return m;
}

static void finish(struct batch* b, const struct nlmsghdr* m) {
    b->used += NLMSG_ALIGN(m->nlmsg_len);
    b->requests++;
}

static struct rtattr* put(struct nlmsghdr* m, int type, const void* value, size_t size) {
    struct rtattr* a = (void*)((char*)m + NLMSG_ALIGN(m->nlmsg_len));
    a->rta_type = (unsigned short)type;
    a->rta_len = (unsigned short)RTA_LENGTH(size);
    if (size > 0) {
        memcpy(RTA_DATA(a), value, size);
    }
    m->nlmsg_len = (uint32_t)(NLMSG_ALIGN(m->nlmsg_len) + RTA_ALIGN(a->rta_len));
    return a;
}

static void end_nest(const struct nlmsghdr* m, struct rtattr* nest) {
    nest->rta_len = (unsigned short)((const char*)m + m->nlmsg_len - (char*)nest);
}

static void put_end(struct nlmsghdr* m, const char* name, int netns, uint32_t serial) {
    uint32_t one = 1;
    unsigned char mac[mac_bytes] = {0x02,
                                    0,
                                    (unsigned char)(serial >> 24),
                                    (unsigned char)(serial >> 16),
                                    (unsigned char)(serial >> 8),
                                    (unsigned char)serial};
    put(m, IFLA_IFNAME, name, strlen(name) + 1);
    put(m, IFLA_ADDRESS, mac, sizeof mac);
    put(m, IFLA_NUM_TX_QUEUES, &one, sizeof one);
    put(m, IFLA_NUM_RX_QUEUES, &one, sizeof one);
    put(m, IFLA_NET_NS_FD, &netns, sizeof netns);
}

// ip link add eth1 netns A numtxqueues 1 numrxqueues 1 type veth peer eth0 netns B
static void add_veth(struct batch* b, int from, int to, uint32_t serial) {
    struct ifinfomsg info = {.ifi_family = AF_UNSPEC};
    struct nlmsghdr* m = begin(b, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &info, sizeof info);
    put_end(m, "eth1", from, serial * 2);
    struct rtattr* link_info = put(m, IFLA_LINKINFO, NULL, 0);
    put(m, IFLA_INFO_KIND, "veth", 4);
    struct rtattr* link_data = put(m, IFLA_INFO_DATA, NULL, 0);
    struct rtattr* peer = put(m, VETH_INFO_PEER, &info, sizeof info);
    put_end(m, "eth0", to, serial * 2 + 1);
    end_nest(m, peer);
    end_nest(m, link_data);
    end_nest(m, link_info);
    finish(b, m);
}

static void add_address(struct batch* b, int family, unsigned index, const void* address,
                        size_t size, int length) {
    struct ifaddrmsg a = {.ifa_family = (unsigned char)family,
                          .ifa_prefixlen = (unsigned char)length,
                          .ifa_flags = family == AF_INET6 ? IFA_F_NODAD : 0,
                          .ifa_index = index};
    struct nlmsghdr* m = begin(b, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &a, sizeof a);
    put(m, IFA_LOCAL, address, size);
    put(m, IFA_ADDRESS, address, size);
    finish(b, m);
}

static void set_up(struct batch* b, unsigned index) {
    struct ifinfomsg info = {.ifi_index = (int)index, .ifi_flags = IFF_UP, .ifi_change = IFF_UP};
    finish(b, begin(b, RTM_NEWLINK, 0, &info, sizeof info));
}

// ------------------------------------------------------------------------------------------------
// a node

// Link i joins node i's eth1 to the next node's eth0, in 10.x.y.0/24 and fd00:6e6c:i::/64.
static void configure(int i, int n) {
    struct batch b = {.fd = netlink_socket()};
    set_up(&b, 1);
    const char* const names[] = {"eth1", "eth0"};
    for (int end = 0; end < 2; end++) {
        unsigned index = if_nametoindex(names[end]);
        require(index != 0, names[end]);
        int link = end == 0 ? i : (i + n - 1) % n;
        uint8_t v4[4] = {10, (uint8_t)((link + 1) >> 8), (uint8_t)(link + 1), (uint8_t)(end + 1)};
        uint8_t v6[16] = {0xfd, 0, 0x6e, 0x6c, (uint8_t)((link + 1) >> 8), (uint8_t)(link + 1)};
        v6[15] = (uint8_t)(end + 1);
        add_address(&b, AF_INET, index, v4, sizeof v4, 24);
        add_address(&b, AF_INET6, index, v6, sizeof v6, 64);
        set_up(&b, index);
    }
    flush(&b);
    close(b.fd);
}

static void await_byte(int fd) {
    char byte;
    require(read(fd, &byte, 1) == 1, "await a byte");
}

static void send_byte(int fd) {
    require(write(fd, "+", 1) == 1, "send a byte");
}

static void run_node(int i, int n, const struct signals* signals) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    await_byte(signals->go[0]);
    char name[16];
    snprintf(name, sizeof name, "h%d", i + 1);
    require(sethostname(name, strlen(name)) == 0, "sethostname");
    require(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0, "make / private");
    require(mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) == 0,
            "mount /proc");
    configure(i, n);
    send_byte(signals->done[1]);
    for (;;) {
        pause();
    }
}

static pid_t clone_namespaces(uint64_t flags) {
    struct clone_args args = {.flags = flags, .exit_signal = SIGCHLD};
    pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof args);
    require(pid >= 0, "clone3");
    return pid;
}

static const uint64_t all_namespaces = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUTS |
                                       CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWCGROUP;

// A node sees the ids that the outer namespace has: one, 0.
static void map_ids(struct node* node) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/setgroups", node->pid);
    write_text(path, "deny");
    snprintf(path, sizeof path, "/proc/%d/uid_map", node->pid);
    write_text(path, "0 0 1");
    snprintf(path, sizeof path, "/proc/%d/gid_map", node->pid);
    write_text(path, "0 0 1");
    snprintf(path, sizeof path, "/proc/%d/ns/net", node->pid);
    node->netns = open(path, O_RDONLY | O_CLOEXEC);
    require(node->netns >= 0, path);
}

// ------------------------------------------------------------------------------------------- the
// builder

static void await_end_of_input(void) {
    char byte;
    while (read(STDIN_FILENO, &byte, 1) > 0) {
    }
}

static void on_death(int signal_number) {
    (void)signal_number;
    static const char text[] = "a node died before its time\n";
    (void)!write(STDERR_FILENO, text, sizeof text - 1);
    _exit(1);
}

// Prints what each phase took, in milliseconds.
static void build(struct node* nodes, int n) {
    struct signals signals;
    require(pipe2(signals.go, O_CLOEXEC) == 0 && pipe2(signals.done, O_CLOEXEC) == 0, "pipe2");
    signal(SIGCHLD, on_death);

    const double start = now_ms();
    for (int i = 0; i < n; i++) {
        nodes[i].pid = clone_namespaces(all_namespaces);
        if (nodes[i].pid == 0) {
            run_node(i, n, &signals);
        }
    }
    const double spawned = now_ms();
    for (int i = 0; i < n; i++) {
        map_ids(&nodes[i]);
    }
    const double mapped = now_ms();
    struct batch b = {.fd = netlink_socket()};
    for (int i = 0; i < n; i++) {
        add_veth(&b, nodes[i].netns, nodes[(i + 1) % n].netns, (uint32_t)i);
    }
    flush(&b);
    const double wired = now_ms();
    for (int i = 0; i < n; i++) {
        send_byte(signals.go[1]);
    }
    for (int i = 0; i < n; i++) {
        await_byte(signals.done[0]);
    }
    const double up = now_ms();
    printf("{\"nodes\": %d, \"spawn\": %.1f, \"map\": %.1f, \"wire\": %.1f, \"configure\": %.1f, "
           "\"up\": %.1f}\n",
           n, spawned - start, mapped - spawned, wired - mapped, up - wired, up - start);
    fflush(stdout);
}

static void run_lab(int n, int hold) {
    require(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0, "make / private");
    require(mount("proc", "/proc", "proc", 0, NULL) == 0, "mount the outer /proc");
    struct node* nodes = calloc((size_t)n, sizeof *nodes);
    require(nodes != NULL, "calloc");
    build(nodes, n);
    if (hold) {
        await_end_of_input();
    }
    signal(SIGCHLD, SIG_DFL);
    const double stop = now_ms();
    for (int i = 0; i < n; i++) {
        kill(nodes[i].pid, SIGKILL);
    }
    while (wait(NULL) > 0) {
    }
    printf("{\"down\": %.1f}\n", now_ms() - stop);
    free(nodes);
}

// The outer namespaces, so that an ordinary user is root enough; as root the same, for the same
// cost.
int main(int argc, char** argv) {
    const int n = argc > 1 ? atoi(argv[1]) : 0;
    if (n < 2 || n > 60000) {
        fprintf(stderr, "usage: %s N [hold]   (2 <= N <= 60000)\n", argv[0]);
        return 2;
    }
    const int hold = argc > 2;
    char uid_map[32];
    char gid_map[32];
    snprintf(uid_map, sizeof uid_map, "0 %u 1", getuid());
    snprintf(gid_map, sizeof gid_map, "0 %u 1", getgid());
    require(unshare(CLONE_NEWUSER) == 0, "unshare user namespace");
    write_text("/proc/self/setgroups", "deny");
    write_text("/proc/self/uid_map", uid_map);
    write_text("/proc/self/gid_map", gid_map);

    const pid_t builder = clone_namespaces(CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET |
                                           CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP);
    if (builder == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        run_lab(n, hold);
        exit(0);
    }
    int status = 0;
    require(waitpid(builder, &status, 0) == builder, "wait for the builder");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
