import type { Shape } from './shape.js';
import { carried, carriedError, type Wire } from './wire.js';

type Members = Record<string, unknown>;
type Call = (...parameters: unknown[]) => unknown;

/** Any shape, when it is only read. */
interface AnyShape {
  readonly known: Readonly<Record<string, true>>;
  readonly asked: Readonly<Record<string, unknown>>;
  readonly sent: Readonly<Record<string, true>>;
  readonly events: Readonly<Record<string, unknown>>;
  readonly parts: Readonly<Record<string, unknown>>;
}

/** The near end of a handle, which knows of the far one only what messages tell. To be made in a turn of the far end. */
export function nearEnd<T extends object>(shape: Shape<T>, far: T, wire: Wire): T {
  return near(shape, far as Members, wire) as T;
}

function near(shape: AnyShape, far: Members, wire: Wire): Members {
  const handle: Members = {};
  for (const name of Object.keys(shape.known)) handle[name] = carried(far[name]);
  for (const [name, part] of Object.entries(shape.parts))
    handle[name] = near(part as AnyShape, far[name] as Members, wire);
  for (const name of Object.keys(shape.sent))
    handle[name] = (...parameters: unknown[]) => {
      const own = carried(parameters);
      wire.post(() => void (far[name] as Call)(...own));
    };
  for (const [name, answer] of Object.entries(shape.asked))
    handle[name] = async (...parameters: unknown[]) => {
      const own = carried(parameters);
      return await asked(async () => given(answer, await (far[name] as Call)(...own), wire), wire);
    };
  for (const [name, told] of Object.entries(shape.events)) {
    handle[name] = () => undefined;
    far[name] = (...parameters: unknown[]) => {
      const own = parameters.map((one) => given(told, one, wire));
      wire.post(() => void (handle[name] as Call)(...own));
    };
  }
  return handle;
}

/** Has the far end do something. @returns what it answers, in a later turn */
export function asked<T>(work: () => Promise<T>, wire: Wire): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const answer = async (): Promise<void> => {
      try {
        const value = await work();
        wire.post(() => resolve(value));
      } catch (error) {
        const copy = carriedError(error);
        wire.post(() => reject(copy));
      }
    };
    wire.post(() => void answer());
  });
}

function given(what: unknown, value: unknown, wire: Wire): unknown {
  return what === 'data' ? carried(value) : near(what as AnyShape, value as Members, wire);
}
