/** What lease clients write down, and who they are: read from the running lab. */
import { groupBy } from '#lab/group-by.js';
import type { Lab, LabService } from '#lab/lab.js';
import type { LeaseClient } from '#lab/state.js';

/** A service that keeps a lease for a node. */
export interface RunningClient {
  readonly service: LabService;
  readonly lease: LeaseClient;
  /** Node that has the lease. */
  readonly node: string;
}

/** The document that `network-wrapper inspect` of dhcp-ip-per-container.txt prints, with some more lines. */
export interface LeaseRecord {
  readonly Container: string;
  readonly NetworkSettings: Readonly<Record<string, string>>;
}

/** The clients of all nodes, those that have died included. */
export async function leaseClients(lab: Lab): Promise<readonly RunningClient[]> {
  return (await lab.services()).flatMap((service) => {
    const { lease, inside } = service.state;
    return lease === undefined ? [] : [{ service, lease, node: inside ?? service.node }];
  });
}

/** What a client has been given last; undefined without a lease. */
export async function readLease(lab: Lab, { service, lease }: RunningClient): Promise<LeaseRecord | undefined> {
  try {
    const record: unknown = JSON.parse(await lab.node(service.node).readFile(lease.record));
    return isRecord(record) ? record : undefined;
  } catch {
    // Without a lease there is no such file.
    return undefined;
  }
}

/** The leases that a node has now. */
export async function leasesOf(lab: Lab, node: string): Promise<readonly LeaseRecord[]> {
  const clients = (await leaseClients(lab)).filter((client) => client.node === node);
  const records = await Promise.all(clients.map((client) => readLease(lab, client)));
  return records.filter((record) => record !== undefined);
}

/** What a client was given last, and for which interface. */
export interface HeldLease {
  readonly lease: LeaseClient;
  readonly record: LeaseRecord;
}

/** The leases of all nodes that have one, by node. */
export async function heldLeases(lab: Lab): Promise<ReadonlyMap<string, readonly HeldLease[]>> {
  const clients = await leaseClients(lab);
  const records = await Promise.all(clients.map((client) => readLease(lab, client)));
  const held = clients.flatMap(({ node, lease }, index) => {
    const record = records[index];
    return record === undefined ? [] : [{ node, lease, record }];
  });
  return groupBy(held, ({ node }) => node);
}

/** Resolvers that a node's leases name; none when it has no lease, or that names none. */
export async function leasedResolvers(lab: Lab, node: string): Promise<readonly string[]> {
  return (await leasesOf(lab, node))
    .flatMap(({ NetworkSettings }) => NetworkSettings['DNS']?.split(', ') ?? [])
    .filter((address) => address !== '');
}

function isRecord(value: unknown): value is LeaseRecord {
  return (
    typeof value === 'object' &&
    value !== null &&
    'Container' in value &&
    'NetworkSettings' in value &&
    typeof value.NetworkSettings === 'object' &&
    value.NetworkSettings !== null
  );
}
