import type { RequestContext } from '#lab/channel.js';
import type { Lab } from '#lab/lab.js';
import { announceWaits } from '../verify/waiting.js';

/** A handler that tells whoever asked, while it works, for whom the lab waits. */
export function tellingWaits<Request, Answer>(
  lab: Pick<Lab, 'waits'>,
  handle: (request: Request, context: RequestContext) => Promise<Answer>,
): (request: Request, context: RequestContext) => Promise<Answer> {
  return async (request, context) => {
    const endAnnouncements = announceWaits(lab, (event) => context.report(event));
    try {
      return await handle(request, context);
    } finally {
      endAnnouncements();
    }
  };
}
