/** The services of a node as commands: those that configure are run, daemons are started behind the script and waited for. */
import { dirname } from 'node:path';
import { startedAs } from '#lab/programs.js';
import { type NodeState, type ReadyCondition, type ServiceState, serviceFolder, servicesRoot } from '#lab/state.js';
import { commandLine, comment, hereDocument, namespaceOf, shellWord } from './shell-words.js';

/** What the commands below need in the script. */
export const waitFunction: readonly string[] = [
  '# Tries a command again and again until it succeeds, for a minute.',
  'wait_until() {',
  '  tries=0',
  '  until "$@" >/dev/null 2>&1; do',
  '    tries=$((tries + 1))',
  '    if [ "$tries" -gt 600 ]; then',
  '      echo "waited in vain: $*" >&2',
  '      exit 1',
  '    fi',
  '    sleep 0.1',
  '  done',
  '}',
];

/** In the order of their start; each is ready before the next one. */
export function serviceCommands({ name, services }: NodeState): readonly string[] {
  if (services.length === 0) return [];
  const texts = JSON.stringify(services);
  const isUsed = (service: ServiceState, folder: string) => service.ready.kind !== 'done' || texts.includes(folder);
  const folders = services.flatMap((service) => {
    const folder = serviceFolder(name, service.name);
    return isUsed(service, folder) ? [folder] : [];
  });
  if (folders.length === 0) return services.flatMap((service) => commandsOf(name, service));
  return [commandLine('mkdir', '-p', ...folders), ...services.flatMap((service) => commandsOf(name, service))];
}

/** Ends what runs in a node's namespace and forgets the files; the namespace can be deleted then. */
export function serviceEnd({ name, services }: NodeState): readonly string[] {
  if (services.length === 0) return [];
  const processes = commandLine('ip', 'netns', 'pids', namespaceOf(name));
  return [
    `for pid in $(${processes} 2>/dev/null); do kill "$pid" || true; done`,
    `wait_until sh -c ${shellWord(`test -z "$(${processes})"`)}`,
    commandLine('rm', '-rf', `${servicesRoot}/${name}`),
  ];
}

function commandsOf(node: string, service: ServiceState): readonly string[] {
  const [program] = service.argv;
  const log = `${serviceFolder(node, service.name)}/log`;
  const line = wrapped(execution(service.inside ?? node, service));
  const isCommand = service.ready.kind === 'done';
  const commands = [
    ...Object.entries(service.files ?? {}).flatMap(([path, content]) => fileCommands(path, content)),
    ...(isCommand ? [line] : [`${line} >>${shellWord(log)} 2>&1 &`, ...waiting(node, service.ready, log)]),
  ];
  const title = comment(isCommand ? service.name : `${service.name}, which goes on running`);
  if (service.requires === undefined) return [title, ...commands];
  const optional = comment(`left out where there is no ${program}`);
  return [title, optional, `if command -v ${shellWord(service.requires)} >/dev/null; then`, ...commands, 'fi'];
}

function fileCommands(path: string, content: string): readonly string[] {
  const script = content.startsWith('#!') ? [commandLine('chmod', '755', path)] : [];
  return [commandLine('mkdir', '-p', dirname(path)), hereDocument(`cat >${shellWord(path)}`, content), ...script];
}

function execution(node: string, { argv, environment = {} }: ServiceState): readonly string[] {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const inside = ['ip', 'netns', 'exec', namespaceOf(node), ...(variables.length === 0 ? [] : ['env', ...variables])];
  return [...inside, ...startedAs(argv)];
}

/** Programs such as ovs-vsctl take several commands at once, separated by `--`: each gets a line of its own. */
function wrapped(words: readonly string[]): string {
  const lines: string[][] = [[]];
  for (const [index, word] of words.entries()) {
    if (word === '--' && index > 0) lines.push([]);
    lines.at(-1)?.push(word);
  }
  return lines.map((line) => commandLine(...line)).join(' \\\n      ');
}

function waiting(node: string, ready: ReadyCondition, log: string): readonly string[] {
  switch (ready.kind) {
    case 'file':
      return waitUntil('test', '-e', ready.path);
    case 'link':
      return waitUntil('ip', '-n', namespaceOf(node), 'link', 'show', 'dev', ready.link);
    case 'log':
      return waitUntil('grep', '-qE', ready.pattern, log);
    case 'tcp': {
      const listeners = commandLine('ip', 'netns', 'exec', namespaceOf(node), 'ss', '-Hltn', `sport = :${ready.port}`);
      return waitUntil('sh', '-c', `${listeners} | grep -q .`);
    }
    default:
      return [];
  }
}

function waitUntil(...words: readonly string[]): readonly string[] {
  return [commandLine('wait_until', ...words)];
}
