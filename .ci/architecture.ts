/** Applies the rules of rooms.ts to the imports of lab/ and src/. */
import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { circles } from './circles.js';
import { importsOf } from './imports.js';
import type { Import } from './imports.js';
import { alternatives, importers, machineModules, pureLabFiles, pureRooms, rooms } from './rooms.js';

/** Path from the top of the project to text. */
export type Sources = ReadonlyMap<string, string>;

interface Seen extends Import {
  /** The importing file. */
  readonly path: string;
  /** Path of the imported file from the top of the project; undefined for a library. */
  readonly target: string | undefined;
}

/** Reads every TypeScript file of lab/ and src/. */
export function readSources(top: string): Sources {
  const names = ['lab', 'src'].flatMap((folder) =>
    readdirSync(posix.join(top, folder), { recursive: true, encoding: 'utf8' }).map((name) => posix.join(folder, name)),
  );
  const paths = names.filter((name) => name.endsWith('.ts'));
  return new Map(paths.map((path) => [path, readFileSync(posix.join(top, path), 'utf8')]));
}

function targetOf(path: string, specifier: string): string | undefined {
  const source = (name: string): string => name.replace(/\.js$/, '.ts');
  if (specifier.startsWith('#')) return source(specifier.slice(1));
  return specifier.startsWith('.') ? source(posix.join(posix.dirname(path), specifier)) : undefined;
}

const folderOf = (path: string): string => path.split('/')[0] ?? '';
const roomOf = (path: string): string => path.split('/')[1] ?? '';
const libraryOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

/** lab/ touches the machine and knows nothing above it. */
function labRule({ path, target }: Seen): string | undefined {
  if (folderOf(path) !== 'lab' || target === undefined || folderOf(target) === 'lab') return undefined;
  return `lab/ may not know ${target}`;
}

/** src/ enters lab/ by its front doors, and pure rooms only by those that touch nothing. */
function doorRule({ path, target, specifier, typeOnly }: Seen): string | undefined {
  if (folderOf(path) !== 'src' || target === undefined || folderOf(target) === 'src') return undefined;
  if (!/^#lab\/[\w-]+\.js$/.test(specifier)) return `src/ may import lab only as '#lab/x.js', not ${specifier}`;
  if (typeOnly || !pureRooms.includes(roomOf(path)) || pureLabFiles.includes(specifier)) return undefined;
  return `${roomOf(path)} never touches a lab: of ${specifier} it may know only types`;
}

function roomRule({ path, target, typeOnly }: Seen): string | undefined {
  if (folderOf(path) !== 'src' || target === undefined || folderOf(target) !== 'src') return undefined;
  const [from, to] = [roomOf(path), roomOf(target)];
  const room = rooms[from];
  if (room === undefined) return `unknown room src/${from}: list it in .ci/rooms.ts`;
  if (from === to || room.uses.includes(to)) return undefined;
  if (!room.types.includes(to)) return `${from} may not know ${to}`;
  return typeOnly ? undefined : `${from} may know only types of ${to}: import type`;
}

function libraryRule({ path, target, specifier }: Seen): string | undefined {
  if (target !== undefined) return undefined;
  if (isBuiltin(specifier)) {
    const reaches = machineModules.includes(specifier.replace(/^node:/, ''));
    return reaches && folderOf(path) === 'src' ? `src/ reaches the machine through lab/, not ${specifier}` : undefined;
  }
  const allowed = importers[libraryOf(specifier)];
  if (allowed === undefined) return `unknown library ${specifier}: list it in .ci/rooms.ts`;
  const fits = allowed.some((place) =>
    place.endsWith('.ts') ? path === place : path.startsWith(place.replace(/\*$/, '')),
  );
  return fits ? undefined : `${specifier} may be imported only by ${allowed.join(', ')}`;
}

/** What a folder's list names are alternatives: a file, or a folder whose entry has its name, with all that is in it. */
function alternativesRule(seen: readonly Seen[]): (one: Seen) => string | undefined {
  const listed = seen.filter(({ path, typeOnly }) => !typeOnly && Object.values(alternatives).includes(path));
  const members = listed.flatMap(({ path, target = '' }) => {
    const folder = posix.dirname(target);
    if (alternatives[folder] === path) return target.endsWith('/contract.ts') ? [] : [target];
    return alternatives[posix.dirname(folder)] === path ? [`${folder}/`] : [];
  });
  const memberOf = (path: string): string | undefined =>
    members.find((member) => path === member || (member.endsWith('/') && path.startsWith(member)));
  return ({ path, target }) => {
    const [from, to] = [memberOf(path), memberOf(target ?? '')];
    if (from === undefined || to === undefined || from === to) return undefined;
    return `alternatives do not know each other: ${target ?? ''}`;
  };
}

/** Of a folder that may import a library, one file does. */
function oneImporterRule(seen: readonly Seen[]): (one: Seen) => string | undefined {
  const owners = new Map<string, string>();
  const shelf = ({ path, target, specifier, typeOnly }: Seen): string | undefined => {
    const places = target === undefined && !typeOnly ? (importers[libraryOf(specifier)] ?? []) : [];
    const place = places.find((folder) => folder.endsWith('/') && path.startsWith(folder));
    return place === undefined ? undefined : `${libraryOf(specifier)} in ${place}`;
  };
  for (const one of seen) {
    const key = shelf(one);
    if (key !== undefined && !owners.has(key)) owners.set(key, one.path);
  }
  return (one) => {
    const owner = owners.get(shelf(one) ?? '');
    return owner === undefined || owner === one.path
      ? undefined
      : `${one.specifier} has its importer already: ${owner}`;
  };
}

/** Files that import each other, and rooms that do, as their list allows it. */
function circleRule(seen: readonly Seen[]): readonly string[] {
  const files = new Map<string, Set<string>>();
  for (const { path, target } of seen)
    if (target !== undefined) files.set(path, (files.get(path) ?? new Set()).add(target));
  const order = new Map(Object.entries(rooms).map(([name, { uses }]) => [name, new Set(uses)]));
  return [
    ...circles(files).map((way) => `imports in a circle: ${way}`),
    ...circles(order).map((way) => `rooms in a circle: ${way}`),
  ];
}

/** What breaks the rules: `src/report/x.ts:3: report may not know plan`. Empty when all is well. */
export function violations(sources: Sources): readonly string[] {
  const seen = [...sources].flatMap(([path, text]) =>
    importsOf(path, text).map((one): Seen => ({ ...one, path, target: targetOf(path, one.specifier) })),
  );
  const rules = [labRule, doorRule, roomRule, libraryRule, alternativesRule(seen), oneImporterRule(seen)];
  const broken = seen.flatMap((one) =>
    rules.flatMap((rule) => {
      const problem = rule(one);
      return problem === undefined ? [] : [`${one.path}:${one.line}: ${problem}`];
    }),
  );
  return [...broken, ...circleRule(seen)];
}
