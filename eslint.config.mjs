import js from "@eslint/js";
import tseslint from "typescript-eslint";

export default tseslint.config(
  {
    ignores: ["node_modules", "artifacts", "cache", "types/ethers-contracts", "coverage", "out"],
  },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
    },
  },
  {
    // Code is Prettier's. A comment may be wider where it is a formula or a table.
    rules: {
      "max-len": [
        "error",
        {
          code: 1_000,
          comments: 100,
          ignoreUrls: true,
          ignoreStrings: true,
          ignoreTemplateLiterals: true,
          ignorePattern: "\\S {2,}\\S|^ *\\* {3,}|[=≡←→⇒≤≥Σ∏‖]",
        },
      ],
    },
  },
  {
    // The hook that replaces `invokeSolc` sees warnings when the artifacts are cached already: the
    // next build would pass.
    files: ["plugins/**/*.ts"],
    rules: { "@typescript-eslint/no-deprecated": "off" },
  },
  {
    files: ["test/**/*.ts"],
    rules: { "@typescript-eslint/no-unused-expressions": "off" },
  },
);
