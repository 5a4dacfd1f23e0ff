/**
 * What a service keeps, in a folder of its own: files of mode 0600 in folders of mode 0700, written
 * whole or not at all. A process that is ended at any moment finds what it had said that it keeps.
 */
import { createHash } from "node:crypto";
import { appendFileSync, mkdirSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { z } from "zod";
import type { Attempt } from "../core/messages/attempt.ts";
import {
  createFile,
  makeFolders,
  namesIn,
  removeFile,
  replaceFile,
  SECRET_FILE,
  SECRET_FOLDER,
  textOf,
  unless,
} from "./files.ts";

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
  /**
   * Writes unless there is such a file, and returns what is there then: of several at once, one is
   * first.
   * @throws FolderError as `read`
   */
  readonly keep: <Form extends z.ZodType>(
    path: string,
    content: z.output<Form>,
    form: Form,
  ) => Promise<z.output<Form>>;
  /** Takes a name for good: false if it was taken, by this process or one before it. */
  readonly take: (path: string) => Promise<boolean>;
  /** Adds to a file, in order with what else is added to it. */
  readonly append: (path: string, bytes: Uint8Array) => void;
  readonly remove: (path: string) => Promise<void>;
  /** Names in a folder, in no order. */
  readonly list: (path: string) => Promise<readonly string[]>;
}

export function serviceFolder(folder: string): ServiceFolder {
  const at = (path: string): string => join(folder, path);
  const read: ServiceFolder["read"] = async (path, form) => {
    const text = await textOf(at(path));
    return text === undefined ? undefined : parsed(path, text, form);
  };
  return {
    read,
    write: (path, content) => replaceFile(at(path), lineOf(content), SECRET_FILE),
    keep: async (path, content, form) => {
      const isFirst = await createFile(at(path), lineOf(content), SECRET_FILE);
      return isFirst ? content : ((await read(path, form)) ?? content);
    },
    take: async (path) => (await unless("EEXIST", () => taken(at(path)))) ?? false,
    append: (path, bytes) => {
      mkdirSync(dirname(at(path)), { recursive: true, mode: SECRET_FOLDER });
      appendFileSync(at(path), bytes, { mode: SECRET_FILE });
    },
    remove: async (path) => {
      await removeFile(at(path));
    },
    list: (path) => namesIn(at(path)),
  };
}

function lineOf(content: unknown): string {
  return `${JSON.stringify(content)}\n`;
}

/** The file is empty, so that it is whole at once; nothing lies beside it that could be listed. */
async function taken(path: string): Promise<true> {
  await makeFolders(dirname(path), SECRET_FOLDER);
  const file = await open(path, "wx", SECRET_FILE);
  await file.sync();
  await file.close();
  return true;
}

/** The same for the same attempt, as part of a path. */
export function attemptName({ auctionId, round, attempt }: Attempt): string {
  return `${auctionId}-${round}-${attempt}`;
}

/** A name for a text of any length, as part of a path. */
export function textName(text: string): string {
  return createHash("sha256").update(text).digest("hex");
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
