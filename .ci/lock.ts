/**
 * npm run lock: renews package-lock.json. Some registries serve only the optional packages that this platform can install;
 * npm then leaves the others out of the lock file, and `npm ci` refuses it everywhere. They are added here by name and
 * version, as npm itself writes those that it does not install.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { $ } from 'zx';

interface LockedPackage {
  readonly version: string;
  readonly optional?: boolean;
  readonly dev?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
type Packages = Record<string, LockedPackage>;

const systems = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
  'wasi',
];
const processors = ['arm64', 'arm', 'ia32', 'x64', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'wasm32'];

/** What the packages' own names say: `@oxc-parser/binding-linux-x64-musl`. */
function platformOf(name: string): Pick<LockedPackage, 'os' | 'cpu' | 'libc'> {
  const words = name.split(/[-_/]/u);
  const os = systems.filter((system) => words.includes(system));
  const cpu = processors.filter((processor) => words.includes(processor));
  const libc = words.some((word) => word.startsWith('musl'))
    ? ['musl']
    : words.some((word) => word.startsWith('gnu')) && os.includes('linux')
      ? ['glibc']
      : [];
  return { ...(os.length > 0 ? { os } : {}), ...(cpu.length > 0 ? { cpu } : {}), ...(libc.length > 0 ? { libc } : {}) };
}

/** Optional dependencies that no entry of the lock file stands for. */
function missing(packages: Packages): Array<readonly [path: string, entry: LockedPackage]> {
  return Object.values(packages).flatMap((parent) =>
    Object.entries(parent.optionalDependencies ?? {})
      .filter(([name]) => packages[`node_modules/${name}`] === undefined)
      .map(([name, range]) => {
        const version = range.replace(/^[^\d]*/u, '');
        return [
          `node_modules/${name}`,
          { version, ...platformOf(name), ...(parent.dev === true ? { dev: true } : {}), optional: true },
        ] as const;
      }),
  );
}

await $`npm install --package-lock-only --ignore-scripts`;
const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Packages };
const added = missing(lock.packages);
const entries = Object.entries({ ...lock.packages, ...Object.fromEntries(added) }).toSorted(([a], [b]) =>
  a < b ? -1 : 1,
);
writeFileSync('package-lock.json', `${JSON.stringify({ ...lock, packages: Object.fromEntries(entries) }, null, 2)}\n`);
console.log(`package-lock.json: ${entries.length - 1} packages, ${added.length} of them for other platforms than this`);
