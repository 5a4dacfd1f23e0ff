/** What is signed as a file, from who signs to who acts on it. */
import { createReadStream } from "node:fs";
import { buffer } from "node:stream/consumers";
import type { z } from "zod";
import { replaceFile, SECRET_FILE } from "../../offchain/services/files.ts";
import { jsonText } from "../support/jsonText.ts";
import { InputError } from "../support/outcome.ts";

/** Files of one kind. */
export interface SignedFiles<Signed> {
  /** @throws InputError if the file cannot be written */
  readonly write: (file: string, signed: Signed) => Promise<void>;
  /** @throws InputError for a file that is not there or holds something else */
  readonly read: (file: string) => Promise<Signed>;
  /** The same, or null for a file that is not there. @throws InputError */
  readonly readIfThere: (file: string) => Promise<Signed | null>;
}

/** How a kind is called where a file is not of it. */
export interface SignedFileWords {
  /** The option that names the file. */
  readonly option: string;
  /** What the file should hold, and how it is made. */
  readonly what: string;
  readonly remedy: string;
  /** Whether nobody else reads it where it is written; nothing in the others is secret. */
  readonly isPrivate?: boolean;
  /** How long one can be; a mebibyte unless it is said. */
  readonly mostBytes?: number;
}

const MEBIBYTE = 2 ** 20;

const PUBLIC_FILE = 0o644;

export function signedFiles<Signed extends object>(
  form: z.ZodType<Signed>,
  { option, what, remedy, isPrivate = false, mostBytes = MEBIBYTE }: SignedFileWords,
): SignedFiles<Signed> {
  const parsed = (file: string, text: string): Signed => {
    const result = form.safeParse(fromJson(text));
    if (result.success) return result.data;
    throw new InputError(`${option}: ${file} holds no ${what}: ${remedy}`);
  };
  const readIfThere = async (file: string): Promise<Signed | null> => {
    const bytes = await bytesOf(option, file, mostBytes);
    if (bytes === null) return null;
    if (bytes.length <= mostBytes) return parsed(file, bytes.toString("utf8"));
    const most = `a ${what} of at most ${mostBytes} bytes`;
    throw new InputError(`${option}: expected ${most}, ${file} is longer: ${remedy}`);
  };
  return {
    write: (file, signed) => written(file, jsonText(signed), isPrivate ? SECRET_FILE : PUBLIC_FILE),
    readIfThere,
    read: async (file) => {
      const signed = await readIfThere(file);
      if (signed !== null) return signed;
      throw new InputError(`${option}: there is no file ${file}: ${remedy}`);
    },
  };
}

async function written(file: string, text: string, mode: number): Promise<void> {
  try {
    await replaceFile(file, text, mode);
  } catch (error) {
    throw new InputError(`cannot write ${file}: ${reasonOf(error)}`);
  }
}

/** Not more than one byte too many, however long the file is; null for no file. */
async function bytesOf(option: string, file: string, mostBytes: number): Promise<Buffer | null> {
  try {
    return await buffer(createReadStream(file, { end: mostBytes }));
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, "code") === "ENOENT") return null;
    throw new InputError(`${option}: cannot read ${file}: ${reasonOf(error)}`);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What is no JSON is undefined, which no form accepts. */
function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
