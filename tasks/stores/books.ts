/**
 * The books of a party as a folder, a file a fact. An entry is on disk when the call is done, so it
 * is there before any answer that depends on it is given; of two that create one at once, in one
 * process or in two, one is first. All of it is secret.
 */
import { link, mkdir, readdir, readFile, rename, unlink, writeFile } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { dirname, join } from "node:path";
import type { z } from "zod";
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

const SECRET_FILE = 0o600;
const SECRET_FOLDER = 0o700;

/** Nothing is created before something is written. */
export function booksIn(folder: string): Books {
  const at = (path: string): string => join(folder, path);
  const beside = async (path: string, content: unknown): Promise<string> => {
    const temporary = `${at(path)}.${randomUUID()}.new`;
    await mkdir(dirname(temporary), { recursive: true, mode: SECRET_FOLDER });
    const text = `${JSON.stringify(content, null, 2)}\n`;
    await writeFile(temporary, text, { mode: SECRET_FILE });
    return temporary;
  };
  return {
    read: async (path, schema) => {
      const text = await unless("ENOENT", readFile(at(path), "utf8"));
      return text === undefined ? undefined : parse(at(path), text, schema);
    },
    write: async (path, content) => {
      await rename(await beside(path, content), at(path));
    },
    create: async (path, content) => {
      const temporary = await beside(path, content);
      try {
        // A link is made whole or not at all, and never over another file.
        return await did("EEXIST", link(temporary, at(path)));
      } finally {
        await unlink(temporary);
      }
    },
    remove: (path) => did("ENOENT", unlink(at(path))),
    list: async (path) => (await unless("ENOENT", readdir(at(path)))) ?? [],
  };
}

async function did(code: string, action: Promise<void>): Promise<boolean> {
  return (
    (await unless(
      code,
      action.then(() => true),
    )) ?? false
  );
}

/** Undefined if the action fails with this code. */
async function unless<T>(code: string, action: Promise<T>): Promise<T | undefined> {
  try {
    return await action;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === code) return undefined;
    throw error;
  }
}
