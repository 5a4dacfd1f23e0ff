/**
 * `npm run vectors`: writes the files of test/vectors anew. To be run when a format is changed on
 * purpose; the difference then shows which bytes are others.
 */
import { writeFileSync } from "node:fs";
import { format } from "prettier";
import { FROZEN, frozenPath } from "./files.ts";

for (const [name, make] of Object.entries(FROZEN)) {
  const path = frozenPath(name);
  writeFileSync(
    path,
    await format(JSON.stringify(await make()), { parser: "json", printWidth: 100 }),
  );
  console.log(`written: test/vectors/${name}.json`);
}
