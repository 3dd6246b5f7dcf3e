/** One word of a POSIX shell that stands for exactly this text, whatever is in it. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/u.test(text) && isAscii(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A command line of which every part is one word; parts that are undefined are left out. */
export function commandLine(...parts: ReadonlyArray<string | number | undefined>): string {
  return parts
    .filter((part) => part !== undefined)
    .map((part) => shellWord(String(part)))
    .join(' ');
}

/** The namespace that stands for a node on the machine where the script runs. */
export function namespaceOf(node: string): string {
  return `netlab-${node}`;
}

/** A comment of one line, whatever is in the text. */
export function comment(text: string): string {
  return `# ${text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')}`.trimEnd();
}

/** A here-document that gives a command exactly this text, ended by a newline, as its input; several lines in one. */
export function hereDocument(command: string, text: string): string {
  const lines = text.replace(/\n$/u, '').split('\n');
  let delimiter = 'EOF';
  while (lines.includes(delimiter)) delimiter += '_';
  return [`${command} <<'${delimiter}'`, ...lines, delimiter].join('\n');
}

function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}
