import type { Environment } from '../../src/core/environment.ts';
import type { ObjectStore } from '../../src/core/object-store.ts';

/** The same object with some of its methods replaced. */
export function withMethods<T extends object>(target: T, replaced: Partial<T>): T {
  return new Proxy(target, {
    get: (from, name) => {
      if (Object.hasOwn(replaced, name)) return Reflect.get(replaced, name) as unknown;
      const member: unknown = Reflect.get(from, name);
      return typeof member === 'function' ? (member.bind(from) as unknown) : member;
    },
  });
}

/** Replaces methods of every store that an engine connects to. @param methods gets the store itself. */
export function withStore(methods: (store: ObjectStore) => Partial<ObjectStore>): (from: Environment) => Environment {
  return (environment) => ({
    ...environment,
    connect: (target) => {
      const store = environment.connect(target);
      return withMethods(store, methods(store));
    },
  });
}
