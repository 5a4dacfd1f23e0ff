/**
 * What a service keeps, in a folder of its own: files of mode 0600 in folders of mode 0700, written
 * whole or not at all. A process that is ended at any moment finds what it had said that it keeps.
 */
import { createHash, randomUUID } from "node:crypto";
import { appendFileSync, mkdirSync } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { z } from "zod";
import type { Attempt } from "../core/messages/attempt.ts";

export class FolderError extends Error {
  override readonly name = "FolderError";
  readonly code = "E_FOLDER";
}

export interface ServiceFolder {
  /**
   * Undefined if there is no such file.
   * @throws FolderError for one that is not what it should be
   */
  readonly read: <Form extends z.ZodType>(
    path: string,
    form: Form,
  ) => Promise<z.output<Form> | undefined>;
  /** Writes or replaces; of several at once, one stays. */
  readonly write: (path: string, content: unknown) => Promise<void>;
  /** Takes a name for good: false if it was taken, by this process or one before it. */
  readonly take: (path: string) => Promise<boolean>;
  /** Adds to a file, in order with what else is added to it. */
  readonly append: (path: string, bytes: Uint8Array) => void;
  readonly remove: (path: string) => Promise<void>;
  /** Names in a folder, in no order. */
  readonly list: (path: string) => Promise<readonly string[]>;
}

const FILE = 0o600;
const FOLDER = 0o700;

export function serviceFolder(folder: string): ServiceFolder {
  const at = (path: string): string => join(folder, path);
  const room = async (path: string): Promise<string> => {
    await mkdir(dirname(at(path)), { recursive: true, mode: FOLDER });
    return at(path);
  };
  return {
    read: async (path, form) => {
      const text = await unlessMissing(() => readFile(at(path), "utf8"));
      return text === undefined ? undefined : parsed(path, text, form);
    },
    write: async (path, content) => {
      const file = await room(path);
      // Several may write the same file at once: each has its own beside it.
      const temporary = `${file}.${process.pid}-${randomUUID()}.new`;
      try {
        await writeFile(temporary, `${JSON.stringify(content)}\n`, { mode: FILE, flush: true });
        await rename(temporary, file);
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
    },
    take: async (path) => {
      try {
        const file = await open(await room(path), "wx", FILE);
        await file.sync();
        await file.close();
        return true;
      } catch (error) {
        if (isSystemError(error, "EEXIST")) return false;
        throw error;
      }
    },
    append: (path, bytes) => {
      mkdirSync(dirname(at(path)), { recursive: true, mode: FOLDER });
      appendFileSync(at(path), bytes, { mode: FILE });
    },
    remove: (path) => rm(at(path), { force: true }),
    list: async (path) => (await unlessMissing(() => readdir(at(path)))) ?? [],
  };
}

/** The same for the same attempt, as part of a path. */
export function attemptName({ auctionId, round, attempt }: Attempt): string {
  return `${auctionId}-${round}-${attempt}`;
}

/** A name for a text of any length, as part of a path. */
export function textName(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

async function unlessMissing<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (isSystemError(error, "ENOENT")) return undefined;
    throw error;
  }
}

function parsed<Form extends z.ZodType>(path: string, text: string, form: Form): z.output<Form> {
  const result = form.safeParse(jsonOf(path, text));
  if (result.success) return result.data;
  const where = result.error.issues[0]?.path.join(".") ?? "";
  throw new FolderError(
    `${path}: expected what the service keeps there, got another at "${where}"`,
  );
}

function jsonOf(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new FolderError(`${path}: expected JSON, got other text`);
  }
}

function isSystemError(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
