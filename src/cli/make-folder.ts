import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it where they are missing. Not with mkdir's own `recursive`: that never ends where the
 * file system answers ENOENT although the folder above is there, as /proc does.
 * @throws the system's error
 */
export async function makeFolder(path: string): Promise<void> {
  const made = await tryToMake(path);
  if (made !== 'ENOENT') return;
  await makeFolder(dirname(path));
  await mkdir(path);
}

async function tryToMake(path: string): Promise<'made' | 'ENOENT'> {
  try {
    await mkdir(path);
    return 'made';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return 'made';
    if (code === 'ENOENT' && dirname(path) !== path) return 'ENOENT';
    throw error;
  }
}
