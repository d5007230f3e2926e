// House memory for the page: layers point down, no cycles, nothing unsanitized.
import js from "@eslint/js";
import importX from "eslint-plugin-import-x";
import noUnsanitized from "eslint-plugin-no-unsanitized";
import globals from "globals";

const web = "./talpose_app/web";

/** From the top down; a room may import those after it. */
const rooms = ["app", "panels", "tools", "canvas", "net", "state", "protocol", "geometry"];

/** Rooms that stand beside each other know nothing of each other. */
const strangers = { net: ["canvas", "tools", "panels"], panels: ["tools", "net"], tools: ["net"], canvas: ["net"], state: ["net"] };

const zones = rooms.flatMap((room, i) => [
  ...rooms.slice(0, i).map((upper) => ({
    target: `${web}/${room}`,
    from: `${web}/${upper}`,
    message: `${room} lies below ${upper}.`,
  })),
  ...(strangers[room] ?? []).map((other) => ({
    target: `${web}/${room}`,
    from: `${web}/${other}`,
    message: `${room} knows nothing of ${other}.`,
  })),
]);

export default [
  { ignores: ["**/vendor/**", "**/node_modules/**", "**/.venv/**"] },
  js.configs.recommended,
  noUnsanitized.configs.recommended,
  {
    files: ["talpose_app/web/**/*.js", "tests/web/**/*.js"],
    plugins: { "import-x": importX },
    languageOptions: { ecmaVersion: 2022, sourceType: "module", globals: globals.browser },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "import-x/no-cycle": "error",
      "import-x/named": "error",
      "import-x/no-unresolved": "error",
      "import-x/extensions": ["error", "always"],
      "import-x/no-default-export": "error",
      "import-x/no-mutable-exports": "error",
      "import-x/no-restricted-paths": ["error", { zones }],
      "no-alert": "error",
      "no-console": "error",
      "no-shadow": "error",
      "no-var": "error",
      "prefer-const": "error",
      "no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      eqeqeq: "error",
      curly: "error",
      complexity: ["error", 10],
      "max-lines": ["error", { max: 400 }],
      "max-lines-per-function": ["error", { max: 50, skipComments: true, skipBlankLines: true }],
    },
  },
  {
    files: ["tests/web/**/*.js"],
    languageOptions: { globals: globals.node },
    rules: { "max-lines-per-function": "off" },
  },
];
