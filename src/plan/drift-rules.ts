import type { ObservedNode, ObservedRule } from '#lab/lab.js';
import type { NodeState, RuleState } from '#lab/state.js';
import { isSetByHand } from './drift-routes.js';
import type { Drift } from './difference.js';
import { ruleText } from './routing-words.js';

/** The rules of a fresh namespace as [priority, table]: local, main, default (fib_default_rules_init, net/ipv4/fib_rules.c). */
const defaults = {
  ipv4: [
    [0, 255],
    [32_766, 254],
    [32_767, 253],
  ],
  ipv6: [
    [0, 255],
    [32_766, 254],
  ],
} as const;

/** The policy rules that every namespace has from the beginning. */
export function defaultRules(family: RuleState['family']): readonly ObservedRule[] {
  const rest = { family, action: 'lookup', conditions: [], protocol: 'kernel' };
  return defaults[family].map(([priority, table]) => ({ ...rest, priority, table }));
}

/** Policy rules that are missing, the kernel's own among them, and those that nobody planned. */
export function ruleDrift(planned: NodeState, observed: ObservedNode): readonly Drift[] {
  const hasIpv6 = observed.links.some(({ addresses }) => addresses.some((address) => address.includes(':')));
  const own = [...defaultRules('ipv4'), ...defaultRules('ipv6')];
  const needed = hasIpv6 ? own : defaultRules('ipv4');
  const wanted = [...planned.rules, ...needed].map(ruleText);
  const known = new Set([...wanted, ...own.map(ruleText)]);
  const seen = new Set(observed.rules.map(ruleText));
  const extra = new Set(observed.rules.filter(isSetByHand).map(ruleText));
  const [where, what] = [planned.name, 'policy rule'];
  return [
    ...wanted.filter((rule) => !seen.has(rule)).map((rule) => ({ where, what, planned: rule, found: 'none' })),
    ...[...extra].filter((rule) => !known.has(rule)).map((rule) => ({ where, what, planned: 'none', found: rule })),
  ];
}
