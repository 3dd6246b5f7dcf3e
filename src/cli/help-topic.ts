/** What `netlab help` can be asked for besides commands. */
import { commandWords } from '../report/command-name.js';
import { fitText } from '../report/fit.js';
import { wrap } from '../report/text.js';
import { pageOf, topics } from '../report/topic.js';
import { describeValue } from '../scenario/problem.js';
import { didYouMean } from '../scenario/nearest.js';
import { roomOf } from './style.js';
import { UsageError } from './usage-error.js';

/** The page of a promise or a strategy. @throws UsageError when there is none of that name */
export function demandPage(topic: string): string {
  const page = pageOf(topic);
  if (page !== undefined) return page;
  const names = [...commandWords, ...topics().flatMap((one) => one.names)];
  const message = [`there is no command or topic ${describeValue(topic)}`, didYouMean(topic, names) ?? []]
    .flat()
    .join('; ');
  throw new UsageError(message, { remedy: 'see netlab --help' });
}

/** For the general help: every word that has a page. */
export function topicsText(): string {
  const lines = topics().flatMap(({ shelf, names }) => [
    `  ${shelf}`,
    ...wrap(names.join(', '), 74).map((line) => `      ${line}`),
  ]);
  return fitText(['', 'Topics of help:', ...lines].join('\n'), roomOf(process.stdout));
}
