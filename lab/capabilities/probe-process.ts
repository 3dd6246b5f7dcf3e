/** The child that tries features for an ordinary user: names as arguments, features as JSON on standard output. */
import { probeFeatures } from './probing.js';

process.stdout.write(JSON.stringify(await probeFeatures(process.argv.slice(2))));
