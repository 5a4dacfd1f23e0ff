/**
 * The books of a party as a folder, a file a fact. An entry is on disk when the call is done, so it
 * is there before any answer that depends on it is given; of two that create one at once, in one
 * process or in two, one is first. All of it is secret.
 */
import { join } from "node:path";
import type { z } from "zod";
import {
  createFile,
  namesIn,
  removeFile,
  replaceFile,
  SECRET_FILE,
  textOf,
} from "../../offchain/services/files.ts";
import { jsonText } from "../support/jsonText.ts";
import { parse } from "./state.ts";

export interface Books {
  /**
   * Undefined if there is no such entry.
   * @throws StateError for one that is not what it should be
   */
  readonly read: <T>(path: string, schema: z.ZodType<T>) => Promise<T | undefined>;
  /** Writes or replaces. */
  readonly write: (path: string, content: unknown) => Promise<void>;
  /** False if it was there. */
  readonly create: (path: string, content: unknown) => Promise<boolean>;
  /** False if it was not there. */
  readonly remove: (path: string) => Promise<boolean>;
  readonly list: (path: string) => Promise<readonly string[]>;
}

/** Nothing is created before something is written. */
export function booksIn(folder: string): Books {
  const at = (path: string): string => join(folder, path);
  return {
    read: async (path, schema) => {
      const text = await textOf(at(path));
      return text === undefined ? undefined : parse(at(path), text, schema);
    },
    write: (path, content) => replaceFile(at(path), jsonText(content), SECRET_FILE),
    create: (path, content) => createFile(at(path), jsonText(content), SECRET_FILE),
    remove: (path) => removeFile(at(path)),
    list: (path) => namesIn(at(path)),
  };
}
