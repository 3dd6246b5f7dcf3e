/** Names of the nodes that netlab itself puts around the hosts. */
export const reservedNames = {
  router: 'r1',
  world: 'world',
  lanSwitch: 'sw1',
  uplinkSwitch: 'sw0',
  siteSwitch: (site: number) => `sw${site}`,
  siteRouter: (site: number) => `gw${site}`,
} as const;

/** Whether a name belongs to such a node, so that a scenario may not give it to another one. */
export function isReservedName(name: string): boolean {
  return name === reservedNames.router || name === reservedNames.world || /^(sw|gw)\d+$/u.test(name);
}
