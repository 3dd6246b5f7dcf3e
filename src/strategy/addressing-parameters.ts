import { z } from 'zod';
import { AddressError } from '../address/ip.js';
import { parseNetwork } from '../address/prefix.js';
import { type Addressing, addressingFor } from '../cluster/addressing.js';

/** The parameters of every strategy that puts the whole cluster into one flat network. @param network the default one */
export const addressingParametersWith = (network: string) => ({
  network: networkOf('ipv4')
    .default(network)
    .describe('IPv4 prefix of the whole cluster: hosts, containers, outsiders'),
  ipv6Network: networkOf('ipv6')
    .optional()
    .describe('IPv6 prefix of the whole cluster, one flat subnet; a unique local one made of `network` when absent')
    .meta({ examples: ['fd00:10:1::/64'] }),
  slicePrefixLength: z.int().min(8).max(30).default(24).describe("prefix length of each host's IPv4 slice"),
});

/** With the network of the sources. */
export const addressingParameters = addressingParametersWith('10.1.0.0/16');

/** The same where only the containers are in the network. @param network the default one */
export const addressingParametersFor = (network: string) => ({
  ...addressingParameters,
  network: networkOf('ipv4').default(network).describe('IPv4 prefix of all containers, divided into slices'),
  ipv6Network: networkOf('ipv6')
    .optional()
    .describe('IPv6 prefix of all containers; a unique local one made of `network` when absent')
    .meta({ examples: ['fd00:10:4::/48'] }),
});

/** {@link addressingParameters} as they come out of their schema. */
export interface AddressingChoice {
  readonly network: string;
  readonly ipv6Network?: string | undefined;
  readonly slicePrefixLength: number;
}

/**
 * The address scheme that the parameters choose.
 * @param fixed what the strategy decides itself
 * @throws AddressError when the parts do not fit each other
 */
export function chosenAddressing(
  { network, ipv6Network, slicePrefixLength }: AddressingChoice,
  fixed: Partial<Addressing> = {},
): Addressing {
  return addressingFor({ ...fixed, network, slicePrefixLength, ...(ipv6Network === undefined ? {} : { ipv6Network }) });
}

/** Do the parts fit each other? For the object's own `check`, as one field alone cannot tell. */
export function checkAddressing(payload: z.core.ParsePayload<AddressingChoice>): void {
  // A field that is wrong by itself has its own issue.
  if (payload.issues.some(({ path }) => Object.hasOwn(addressingParameters, path?.[0] ?? ''))) return;
  const message = refusal(() => chosenAddressing(payload.value));
  if (message !== undefined)
    payload.issues.push({ code: 'custom', path: ['slicePrefixLength'], message, input: payload.value });
}

/** An IPv4 or IPv6 prefix that names a network. */
export function networkOf(family: 'ipv4' | 'ipv6') {
  return z.string().check((payload) => {
    const message = refusal(() => checkFamily(payload.value, family));
    if (message !== undefined) payload.issues.push({ code: 'custom', message, input: payload.value });
  });
}

function checkFamily(text: string, family: 'ipv4' | 'ipv6'): void {
  if (parseNetwork(text).family !== family)
    throw new AddressError(`${text} is no ${family === 'ipv4' ? 'IPv4' : 'IPv6'} network`);
}

/** What an AddressError says, where there is one. */
export function refusal(attempt: () => unknown): string | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    if (error instanceof AddressError) return error.message;
    throw error;
  }
}
