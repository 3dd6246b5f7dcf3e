/*
 * The floor: what the kernel itself needs for N containers on one bridge. One process, plain rtnetlink, nothing else:
 * for each container a network namespace, a veth pair with one end as a bridge port and the other in the namespace,
 * lo and both ends up, one IPv4 address. Prints milliseconds for the set-up.
 *
 * Build: cc -O2 -o floor floor.c      Run as root of a network namespace: floor N
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static char message[8192];
static struct nlmsghdr *header = (struct nlmsghdr *)message;
static unsigned sequence;

static void fail(const char *what) { perror(what); exit(1); }

static void begin(int type, int flags, const void *fixed, int length)
{
    memset(message, 0, sizeof message);
    header->nlmsg_len = NLMSG_LENGTH(length);
    header->nlmsg_type = type;
    header->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
    header->nlmsg_seq = ++sequence;
    memcpy(NLMSG_DATA(header), fixed, length);
}

static struct rtattr *attribute(int type, const void *data, int length)
{
    struct rtattr *attribute = (struct rtattr *)(message + NLMSG_ALIGN(header->nlmsg_len));
    attribute->rta_type = type;
    attribute->rta_len = RTA_LENGTH(length);
    if (length) memcpy(RTA_DATA(attribute), data, length);
    header->nlmsg_len = NLMSG_ALIGN(header->nlmsg_len) + RTA_ALIGN(attribute->rta_len);
    return attribute;
}

static void finish(struct rtattr *nest) { nest->rta_len = message + NLMSG_ALIGN(header->nlmsg_len) - (char *)nest; }

static void request(int fd, const char *what)
{
    char answer[4096];
    if (send(fd, message, header->nlmsg_len, 0) < 0) fail("send");
    if (recv(fd, answer, sizeof answer, 0) < 0) fail("recv");
    struct nlmsgerr *error = NLMSG_DATA((struct nlmsghdr *)answer);
    if (error->error) { fprintf(stderr, "%s: %s\n", what, strerror(-error->error)); exit(1); }
}

static int open_netlink(void)
{
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (fd < 0) fail("socket");
    return fd;
}

static void set_up(int fd, int index)
{
    struct ifinfomsg link = { .ifi_index = index, .ifi_flags = IFF_UP, .ifi_change = IFF_UP };
    begin(RTM_NEWLINK, 0, &link, sizeof link);
    request(fd, "up");
}

static void make_bridge(int fd, int index)
{
    struct ifinfomsg link = { .ifi_index = index };
    begin(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &link, sizeof link);
    attribute(IFLA_IFNAME, "br0", 4);
    struct rtattr *info = attribute(IFLA_LINKINFO, 0, 0);
    attribute(IFLA_INFO_KIND, "bridge", 7);
    finish(info);
    request(fd, "bridge");
    set_up(fd, index);
}

static void make_cable(int fd, int index, int bridge, int number, int namespace)
{
    char name[IFNAMSIZ];
    struct ifinfomsg link = { .ifi_index = index }, peer = { .ifi_index = 2 };
    snprintf(name, sizeof name, "veth%d", number);
    begin(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &link, sizeof link);
    attribute(IFLA_IFNAME, name, strlen(name) + 1);
    attribute(IFLA_MASTER, &bridge, sizeof bridge);
    struct rtattr *info = attribute(IFLA_LINKINFO, 0, 0);
    attribute(IFLA_INFO_KIND, "veth", 5);
    struct rtattr *data = attribute(IFLA_INFO_DATA, 0, 0);
    struct rtattr *other = attribute(VETH_INFO_PEER, &peer, sizeof peer);
    attribute(IFLA_IFNAME, "eth0", 5);
    attribute(IFLA_NET_NS_FD, &namespace, sizeof namespace);
    finish(other);
    finish(data);
    finish(info);
    request(fd, "veth");
    set_up(fd, index);
}

static void give_address(int fd, int number)
{
    struct ifaddrmsg entry = { .ifa_family = AF_INET, .ifa_prefixlen = 16, .ifa_index = 2 };
    unsigned address = htonl(0x0a010000u + 256 + number);
    begin(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &entry, sizeof entry);
    attribute(IFA_LOCAL, &address, sizeof address);
    attribute(IFA_ADDRESS, &address, sizeof address);
    request(fd, "address");
}

int main(int argc, char **argv)
{
    int count = argc > 1 ? atoi(argv[1]) : 30;
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), here = open_netlink();
    make_bridge(here, 1000000);
    for (int number = 1; number <= count; number++) {
        if (unshare(CLONE_NEWNET)) fail("unshare");
        int namespace = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), inside = open_netlink();
        if (setns(home, CLONE_NEWNET)) fail("setns");
        make_cable(here, 1000000 + number, 1000000, number, namespace);
        set_up(inside, 1);
        set_up(inside, 2);
        give_address(inside, number);
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    printf("%.3f\n", (end.tv_sec - start.tv_sec) * 1e3 + (end.tv_nsec - start.tv_nsec) / 1e6);
    fflush(stdout);
    /* The namespaces live until the process ends: whoever measures the teardown closes standard input. */
    getchar();
    return 0;
}
