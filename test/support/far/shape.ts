/**
 * What the members of a handle are, of any handle whose members are all messages. The compiler asks for each member of an
 * interface; for one that would have to be answered at once there is no way to write it down.
 */
type Method = (...parameters: never[]) => unknown;
type KeysOf<T, Wanted> = { [K in keyof T]-?: T[K] extends Wanted ? K : never }[keyof T];

/** Bytes, lists and texts have methods, and are data. */
type Bytes = Uint8Array | readonly unknown[] | string | number | boolean | null | undefined | void;
type IsHandle<T> = T extends Bytes
  ? false
  : T extends object
    ? [KeysOf<T, Method>] extends [never]
      ? false
      : true
    : false;
/** `data`, or the shape of the handle that is given. */
type Given<T> = true extends IsHandle<T> ? Shape<Extract<T, object>> : 'data';

type Events<T> = { [K in keyof T]-?: K extends `on${Capitalize<string>}` ? K : never }[keyof T];
type Asked<T> = Exclude<KeysOf<T, (...parameters: never[]) => Promise<unknown>>, Events<T>>;
/** A function that answers `undefined` is one that answers nothing. */
type Sent<T> = {
  [K in keyof T]-?: T[K] extends Method ? ([ReturnType<T[K]>] extends [void] ? Exclude<K, Events<T>> : never) : never;
}[keyof T];
type Parts<T> = { [K in keyof T]-?: true extends IsHandle<T[K]> ? (T[K] extends Method ? never : K) : never }[keyof T];
type Known<T> = Exclude<keyof T, Events<T> | Asked<T> | Sent<T> | Parts<T> | KeysOf<T, Method>>;
/** Answered at once: no message. */
export type Unfit<T> = Exclude<keyof T, Events<T> | Asked<T> | Sent<T> | Parts<T> | Known<T>>;

type Answer<F> = F extends (...parameters: never[]) => Promise<infer R> ? Given<R> : never;
type Told<F> = F extends (...parameters: infer P) => void
  ? P extends readonly [infer One]
    ? Given<One>
    : 'data'
  : never;

export type Shape<T extends object> = [Unfit<T>] extends [never]
  ? {
      /** Known when the handle is there: `port`. */
      readonly known: { readonly [K in Known<T>]: true };
      readonly asked: { readonly [K in Asked<T>]: Answer<T[K]> };
      readonly sent: { readonly [K in Sent<T>]: true };
      readonly events: { readonly [K in Events<T>]: Told<T[K]> };
      readonly parts: { readonly [K in Parts<T>]: T[K] extends object ? Shape<T[K]> : never };
    }
  : never;
