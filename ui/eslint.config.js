import { readdirSync } from "node:fs";
import { defineConfig, globalIgnores } from "eslint/config";
import { createTypeScriptImportResolver } from "eslint-import-resolver-typescript";
import { importX } from "eslint-plugin-import-x";
import jsxA11y from "eslint-plugin-jsx-a11y";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

const features = readdirSync(new URL("src/features", import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

/** Which room may look into which: `app` into all, features never into each other. */
const zones = [
  ...features.map((name) => ({
    target: `./src/features/${name}`,
    from: "./src/features",
    except: [`./${name}`],
    message:
      "Features do not import each other: what two of them need is a component or an action.",
  })),
  { target: ["./src/features", "./src/actions", "./src/components"], from: "./src/app" },
  {
    target: ["./src/actions", "./src/components", "./src/api", "./src/lib", "./src/i18n"],
    from: "./src/features",
  },
  {
    target: ["./src/components", "./src/api", "./src/lib", "./src/i18n"],
    from: "./src/actions",
    except: ["./action.ts"],
  },
  { target: ["./src/api", "./src/lib", "./src/i18n"], from: "./src/components" },
  { target: "./src/lib", from: "./src/api" },
];

export default defineConfig(
  globalIgnores(["node_modules", "src/api/schema.ts"]),
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  reactHooks.configs.flat["recommended-latest"],
  jsxA11y.flatConfigs.strict,
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { "import-x": importX },
    settings: { "import-x/resolver-next": [createTypeScriptImportResolver()] },
    rules: {
      "import-x/no-restricted-paths": ["error", { zones }],
      "import-x/no-cycle": "error",
      "import-x/order": ["error", { alphabetize: { order: "asc" }, "newlines-between": "never" }],
      "no-restricted-syntax": [
        "error",
        {
          selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']",
          message: "Only components/html.tsx shows HTML.",
        },
      ],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
      "max-lines": ["warn", 320],
    },
  },
  { files: ["src/components/html.tsx"], rules: { "no-restricted-syntax": "off" } },
  { files: ["eslint.config.js"], extends: [tseslint.configs.disableTypeChecked] },
);
