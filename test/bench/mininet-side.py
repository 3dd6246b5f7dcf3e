"""Mininet's side of the benchmark: N hosts on one Linux bridge. Prints JSON: milliseconds for up, pingAll, down."""

import json
import sys
import time

from mininet.log import setLogLevel
from mininet.net import Mininet
from mininet.nodelib import LinuxBridge
from mininet.topo import SingleSwitchTopo

setLogLevel("error")
count, with_pings = int(sys.argv[1]), sys.argv[2:] == ["pings"]


def timed(work):
    started = time.monotonic()
    result = work()
    return (time.monotonic() - started) * 1000, result


def bring_up():
    net = Mininet(topo=SingleSwitchTopo(k=count), switch=LinuxBridge, controller=None)
    net.start()
    return net


up, net = timed(bring_up)
pings, loss = timed(lambda: net.pingAll()) if with_pings else (None, None)
down, _ = timed(net.stop)
print(json.dumps({"upMs": up, "allPairsMs": pings, "lossPercent": loss, "downMs": down}))
