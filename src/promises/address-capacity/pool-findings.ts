/** What filling a pool of leases found, and what it means. */
import { type AddressRange, inRange, rangeSize } from '../../address/range.js';
import type { Endpoint } from '../../plan/plan.js';
import type { CheckOutcome, Evidence } from '../../result/result.js';
import type { FlowResult } from '../../check/flow.js';
import type { CheckContext } from '../../check/contract.js';
import { holderName, observeHolders } from '../../probes/holders.js';
import { locate } from '../../trace/locate.js';
import { unaskedOutcome } from './findings.js';
import { failed, type Measured, overflowed, passed } from '../../check/outcome.js';
import type { Silenced } from '../../probes/silenced-pairs.js';
import { counted, enumerate, flowWords } from '../../check/words.js';

export interface PoolFindings extends Silenced {
  readonly pool: AddressRange;
  /** Addresses that containers have. */
  readonly leased: readonly string[];
  /** Addresses that netlab could lease beside them. */
  readonly taken: readonly string[];
  /** The one that was given back again, for a container to get. */
  readonly last?: string;
  /** The container that got it; undefined when none could. */
  readonly guest: Endpoint | undefined;
  readonly flows: readonly FlowResult[];
  /** Peers that have lost an address, so that nobody was asked in its family. */
  readonly unasked: readonly string[];
  /** Addresses that a container got when there were none left. */
  readonly admitted: readonly string[];
}

export async function judgePool(context: CheckContext, findings: PoolFindings): Promise<CheckOutcome> {
  const result = measured(findings);
  const lost = findings.flows.filter(({ delivered }) => !delivered);
  if (findings.overflowed || lost.some((flow) => flow.overflowed))
    return overflowed('datagrams of existing containers or flows of the added one', result);
  const evidence = [
    ...sizeEvidence(findings),
    ...(await thiefEvidence(context, findings)),
    ...refusedEvidence(findings),
    ...(await lossEvidence(context, lost)),
    ...admittedEvidence(findings),
    ...silencedEvidence(findings),
  ];
  if (evidence.length > 0) return failed(result, evidence);
  return unaskedOutcome(result, findings.unasked) ?? passed(result);
}

function measured({ pool, leased, taken, guest, last, flows, admitted }: PoolFindings): Measured {
  const size = rangeSize(pool);
  const reached = flows.filter(({ delivered }) => delivered).length;
  const worked =
    guest === undefined
      ? 'no container got the last one'
      : `the last one, ${last}: ${reached} of ${counted(flows.length, 'flow')} delivered`;
  const beyond = admitted.length === 0 ? 'one more got no lease' : 'one more got a lease';
  return {
    summary: `${leased.length + taken.length} of ${counted(size, 'address', 'addresses')} of the pool leased; ${worked}; ${beyond}`,
    coverage: `the whole pool, ${pool.first} to ${pool.last}`,
    observations: [
      { name: 'capacity', value: size, subject: `${pool.first} to ${pool.last}` },
      { name: 'leasedToContainers', value: leased.length },
      { name: 'leasedToNetlab', value: taken.length },
    ],
  };
}

function sizeEvidence({ pool, leased, taken }: PoolFindings): readonly Evidence[] {
  const size = rangeSize(pool);
  const all = [...leased, ...taken];
  const outside = all.filter((address) => !inRange(pool, address));
  const inside = new Set(all.filter((address) => inRange(pool, address)));
  const expected = `all ${size} addresses from ${pool.first} to ${pool.last}, and no other`;
  return [
    ...(outside.length === 0
      ? []
      : [{ message: `addresses were leased that are not of the pool: ${enumerate(outside)}`, expected }]),
    ...(inside.size === size
      ? []
      : [
          {
            message: `only ${inside.size} of the pool's ${size} addresses can be leased`,
            expected,
            seen: `${counted(leased.length, 'container')} with a lease, and ${counted(taken.length, 'more lease')} until nobody offered any`,
          },
        ]),
  ];
}

/** Addresses that the server gave away although a node has them. */
async function thiefEvidence({ lab }: CheckContext, { taken }: PoolFindings): Promise<readonly Evidence[]> {
  const holders = await observeHolders(lab);
  return taken.flatMap((address) => {
    const owners = holders.ofAddress(address).map(holderName);
    if (owners.length === 0) return [];
    return [
      {
        message: `${address} was leased although ${enumerate(owners)} has it: the pool overlaps addresses that are taken`,
        where: enumerate(owners),
        expected: 'a pool of addresses that nobody has otherwise',
      },
    ];
  });
}

function refusedEvidence({ guest, last }: PoolFindings): readonly Evidence[] {
  if (guest !== undefined) return [];
  if (last === undefined) return [{ message: 'nobody leases an address', expected: 'an offer from a DHCP server' }];
  return [
    {
      message: `${last}, the last free address of the pool, was given back, and a container got no lease`,
      expected: 'a container gets it',
    },
  ];
}

async function lossEvidence(context: CheckContext, lost: readonly FlowResult[]): Promise<readonly Evidence[]> {
  const [first] = lost;
  if (first === undefined) return [];
  const { lab, followUps } = context;
  const place = await followUps.once(
    'last address of the pool',
    lost.length,
    async (signal) => await locate({ lab, signal }, first),
  );
  return [
    {
      message: `a container with the last address of the pool does not work: ${counted(lost.length, 'flow')} lost`,
      ...(place?.where === undefined ? {} : { where: place.where }),
      expected: `${first.from.node} reaches ${first.to.node}, and the other way round`,
      seen: [
        `${flowWords(first)}: ${first.problem ?? 'no answer'}`,
        ...(place === undefined ? [] : [place.message]),
      ].join('; '),
    },
  ];
}

function admittedEvidence({ admitted }: PoolFindings): readonly Evidence[] {
  if (admitted.length === 0) return [];
  return [
    {
      message: `when the pool was empty one container more got ${enumerate(admitted)}`,
      expected: 'no lease, and a container without an address',
    },
  ];
}

function silencedEvidence({ silenced }: PoolFindings): readonly Evidence[] {
  if (silenced.length === 0) return [];
  return [
    {
      message: `while the pool was empty, existing containers did not reach each other: ${enumerate(silenced)}`,
      expected: 'nobody is broken by one container more',
    },
  ];
}
