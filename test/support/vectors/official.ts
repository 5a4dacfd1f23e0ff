/**
 * The official vectors in the shared data beside the project; where they come from is in their
 * PROVENANCE.md.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";

/** Reads a file of the folder, of this shape. */
export type Official = <T>(file: string, shape: z.ZodType<T>) => T;

/** What a case of Wycheproof has to come to; "acceptable" leaves it open. */
const verdictShape = z.enum(["valid", "invalid", "acceptable"]);

/** A file of Wycheproof: groups with what their tests share. */
export function wycheproofShape<G extends z.ZodRawShape, T extends z.ZodRawShape>(
  group: G,
  test: T,
) {
  const tests = z.array(z.object({ tcId: z.number(), result: verdictShape, ...test }));
  return z.object({ testGroups: z.array(z.object({ ...group, tests })) });
}

/** Bytes as hexadecimal without a prefix, which is how all of these vectors write them. */
export const bytesShape = z
  .string()
  .regex(/^(?:[0-9a-f]{2})*$/i)
  .transform((hex) => new Uint8Array(Buffer.from(hex, "hex")));

/** A reader of the folder, or a skipped suite that says why. */
export function officialOrSkip(context: Mocha.Context): Official {
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  const folder = join(root, "..", "shared", "vectors", "official");
  if (!existsSync(folder)) {
    console.log("skipped: the folder ../shared/vectors/official is not there");
    return context.skip();
  }
  return (file, shape) => shape.parse(JSON.parse(readFileSync(join(folder, file), "utf8")));
}
