/** A database of this device that is opened once, and lets go for a newer version of the app. */
import { type DBSchema, type IDBPDatabase, openDB, type OpenDBCallbacks } from "idb";

export interface Database<S extends DBSchema> {
  open: () => Promise<IDBPDatabase<S>>;
  /** Lets go of the connection; a later call opens it again. */
  close: () => Promise<void>;
}

export function openDb<S extends DBSchema>(
  name: string,
  version: number,
  upgrade: NonNullable<OpenDBCallbacks<S>["upgrade"]>,
): Database<S> {
  let opened: Promise<IDBPDatabase<S>> | null = null;
  return {
    open() {
      opened ??= openDB<S>(name, version, {
        upgrade,
        blocking(_current, _wanted, event) {
          // A newer version of the app, in another tab, must not wait for this one.
          (event.target as IDBDatabase).close();
          opened = null;
        },
        terminated() {
          opened = null;
        },
      });
      return opened;
    },
    async close() {
      const held = opened;
      opened = null;
      (await held)?.close();
    },
  };
}
