/** What netlab's own overhead is measured against. */
import { execa } from 'execa';

/**
 * The wire, as somebody would make it without netlab; it stays up as netlab's does. Reads bytes, answers with
 * iperf3's document. Two terminals would have two sessions, which the scheduler tells apart (sched(7), autogroup).
 */
const byHand = `
ip link set lo up
unshare --net sleep infinity & other=$!
while [ "$(readlink /proc/$other/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do :; done
there="nsenter --target $other --net"
ip link add va type veth peer name vb && ip link set vb netns $other
ip addr add 192.0.2.1/30 dev va && ip link set va up
$there ip link set lo up && $there ip addr add 192.0.2.2/30 dev vb && $there ip link set vb up
while read -r bytes; do
  sleep 0.2 # netlab looks for as long at what the idle machine does
  setsid $there iperf3 -4 -s -1 -p 5299 >/dev/null & server=$!
  until $there ss -Hltn sport = 5299 | grep -q .; do :; done
  setsid iperf3 -4 -c 192.0.2.2 -p 5299 -i 0 --json -n $bytes
  wait $server
  echo done
done`;

/** Two namespaces and a cable made with ip(8), and iperf3 in them. Closing the input ends them. */
export class HandMade {
  readonly #shell = execa(
    'unshare',
    ['--net', '--pid', '--fork', '--kill-child', '--mount-proc', 'bash', '-c', byHand],
    {
      env: { LC_ALL: 'C' },
      buffer: false,
    },
  );
  readonly #lines = this.#shell.iterable()[Symbol.asyncIterator]();

  async goodput(bytes: number): Promise<number> {
    this.#shell.stdin.write(`${bytes}\n`);
    let text = '';
    for (let next = await this.#lines.next(); next.value !== 'done'; next = await this.#lines.next()) {
      if (next.done === true) throw new Error('the topology made by hand has ended');
      text += next.value;
    }
    const { end } = JSON.parse(text) as {
      readonly end: { readonly sum_received: { readonly bits_per_second: number } };
    };
    return end.sum_received.bits_per_second;
  }

  close(): void {
    this.#shell.stdin.end();
  }
}
