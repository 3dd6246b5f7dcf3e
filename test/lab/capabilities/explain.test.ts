import { explainUserNamespaces } from '#lab/capabilities.js';
import test from 'ava';
import { isolated } from '../machine/isolated.js';

/** A machine on which all is allowed. */
const allowed: Readonly<Record<string, string>> = {
  '/proc/self/uid_map': '0 0 4294967295',
  '/proc/sys/user/max_user_namespaces': '96365',
  '/proc/sys/user/max_net_namespaces': '96365',
  '/proc/sys/user/max_mnt_namespaces': '96365',
  '/proc/sys/kernel/unprivileged_userns_clone': '1',
  '/proc/sys/kernel/apparmor_restrict_unprivileged_userns': '0',
  '/proc/self/status': 'Name:\tnode\nSeccomp:\t0\n',
};

const causes: readonly (readonly [path: string, value: string, detail: RegExp, remedy: RegExp])[] = [
  [
    '/proc/sys/user/max_user_namespaces',
    '0',
    /user\.max_user_namespaces is 0/,
    /sysctl user\.max_user_namespaces=\d+, or run netlab with sudo/,
  ],
  ['/proc/sys/user/max_net_namespaces', '0', /user\.max_net_namespaces/, /sysctl user\.max_net_namespaces=/],
  ['/proc/sys/user/max_mnt_namespaces', '0', /user\.max_mnt_namespaces/, /user\.max_mnt_namespaces=/],
  [
    '/proc/sys/kernel/unprivileged_userns_clone',
    '0',
    /unprivileged_userns_clone is 0/,
    /sysctl kernel\.unprivileged_userns_clone=1/,
  ],
  [
    '/proc/sys/kernel/apparmor_restrict_unprivileged_userns',
    '1',
    /AppArmor/,
    /sysctl kernel\.apparmor_restrict_unprivileged_userns=0/,
  ],
  ['/proc/self/status', 'Name:\tnode\nSeccomp:\t2\n', /seccomp/, /--cap-add SYS_ADMIN/],
];

for (const [path, value, detail, remedy] of causes) {
  test(`the cause is named with its remedy: ${path} is ${JSON.stringify(value)}`, (t) => {
    const explained = explainUserNamespaces('unshare: failed', (asked) => (asked === path ? value : allowed[asked]));
    t.regex(explained.detail, detail);
    t.true(explained.detail.endsWith('(unshare: failed)'));
    t.regex(explained.remedy, remedy);
  });
}

test('a kernel without user namespaces is named', (t) => {
  t.regex(explainUserNamespaces('', () => undefined).detail, /CONFIG_USER_NS/);
});

test('an unknown cause still says what unshare said, and what works', (t) => {
  const explained = explainUserNamespaces('unshare: odd', (asked) => allowed[asked]);
  t.deepEqual(explained, {
    detail: 'this user may not make user namespaces (unshare: odd)',
    remedy: 'run netlab with sudo',
  });
});

/** An ordinary user where user.max_user_namespaces is really 0: root of a namespace sets it, then gives up what root may do. */
const FORBIDDEN = [
  'sh',
  '-ec',
  'echo 0 > /proc/sys/user/max_user_namespaces; exec setpriv --bounding-set -all --inh-caps -all "$@"',
  'sh',
];

test('where they are really forbidden nothing is there, and each lack says why', async (t) => {
  const result = await isolated<{
    privilege: string;
    userNamespaces: unknown;
    missing: { detail: string; remedy: string }[];
  }>(
    `import { missingRequirements, probe } from '#lab/capabilities.js';
     const { privilege, userNamespaces } = await probe([]);
     const missing = await missingRequirements([{ kind: 'link', name: 'bridge', why: 'x' }, { kind: 'nftables', name: 'masquerade', why: 'y' }]);
     give({ privilege, userNamespaces, missing });`,
    FORBIDDEN,
  );
  t.is(result.privilege, 'none');
  t.is(result.missing.length, 2);
  for (const { detail, remedy } of result.missing) {
    t.is(detail, 'user.max_user_namespaces is 0 (unshare: unshare failed: No space left on device)');
    t.is(remedy, 'sudo sysctl user.max_user_namespaces=15000, or run netlab with sudo');
  }
});
