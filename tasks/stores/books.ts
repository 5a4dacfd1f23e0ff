/**
 * The books of a party as a folder, a file a fact. An entry is on disk when the call returns, so it is there before any
 * answer that depends on it is given; of two processes that create one, one is first. All of it is secret.
 */
import {
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { z } from "zod";
import { parse } from "./state.ts";

export interface Books {
  /** Undefined if there is no such entry. @throws StateError for one that is not what it should be */
  readonly read: <T>(path: string, schema: z.ZodType<T>) => T | undefined;
  /** Writes or replaces. */
  readonly write: (path: string, content: unknown) => void;
  /** False if it was there. */
  readonly create: (path: string, content: unknown) => boolean;
  /** False if it was not there. */
  readonly remove: (path: string) => boolean;
  readonly list: (path: string) => readonly string[];
}

const SECRET_FILE = 0o600;
const SECRET_FOLDER = 0o700;

/** Nothing is created before something is written. */
export function booksIn(folder: string): Books {
  const at = (path: string): string => join(folder, path);
  const beside = (path: string, content: unknown): string => {
    const temporary = `${at(path)}.${process.pid}.new`;
    mkdirSync(dirname(temporary), { recursive: true, mode: SECRET_FOLDER });
    writeFileSync(temporary, `${JSON.stringify(content, null, 2)}\n`, { mode: SECRET_FILE });
    return temporary;
  };
  return {
    read: (path, schema) => {
      const text = unless("ENOENT", () => readFileSync(at(path), "utf8"));
      return text === undefined ? undefined : parse(at(path), text, schema);
    },
    write: (path, content) => {
      renameSync(beside(path, content), at(path));
    },
    create: (path, content) => {
      const temporary = beside(path, content);
      try {
        // A link is made whole or not at all, and never over another file.
        return did("EEXIST", () => {
          linkSync(temporary, at(path));
        });
      } finally {
        unlinkSync(temporary);
      }
    },
    remove: (path) =>
      did("ENOENT", () => {
        unlinkSync(at(path));
      }),
    list: (path) => unless("ENOENT", () => readdirSync(at(path))) ?? [],
  };
}

function did(code: string, action: () => void): boolean {
  return (
    unless(code, () => {
      action();
      return true;
    }) ?? false
  );
}

/** Undefined if the action fails with this code. */
function unless<T>(code: string, action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === code) return undefined;
    throw error;
  }
}
