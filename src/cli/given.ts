/** How a scenario was given on the command line, so that a hint can give it again. */
import type { UnderlayKind } from '../scenario/scenario.js';
import type { Variation } from '../scenario/variation.js';

/** What a shell makes of `<(...)` is gone with the command line. */
const isGone = (path: string): boolean => /^\/(?:dev\/fd\/\d+|proc\/[^/]+\/fd\/\d+|dev\/stdin)$/u.test(path);

/** What only the other kind can have is left out, as `compare --underlay` leaves it out. */
const impossibleIn: Readonly<Record<UnderlayKind, string>> = { switch: 'nat', routed: 'extraLinks' };

/** The scenario as it can be given again; `-` for what was only there for that command line. */
export const lasting = (nameOrPath: string): string => (isGone(nameOrPath) ? '-' : nameOrPath);

/** Words after `netlab run` that plan the same once more: the scenario, then options. */
export function givenWords(
  nameOrPath: string,
  { underlay, hosts, containers, set = [] }: Variation,
): readonly string[] {
  const settings = [
    ...(underlay === undefined
      ? []
      : [`cluster.underlay.kind=${underlay}`, `cluster.underlay.${impossibleIn[underlay]}=[]`]),
    ...set.map(({ written }) => written),
  ];
  return [
    lasting(nameOrPath),
    ...(hosts === undefined ? [] : ['--hosts', String(hosts)]),
    ...(containers === undefined ? [] : ['--containers', String(containers)]),
    ...settings.flatMap((one) => ['--set', one]),
  ];
}
