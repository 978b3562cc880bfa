/** A verb that gives programs nothing in a form of their choice. */
interface Formless {
  readonly why: string;
  /** The test that runs it. */
  readonly test: string;
}

/** The others, and why. */
export const formless: Readonly<Record<string, Formless>> = {
  api: {
    why: "gives what the server gives: JSON for people too, or bytes",
    test: "tests/cli/api.test.ts",
  },
  cat: { why: "gives the bytes of a file", test: "tests/cli/artifact.test.ts" },
  "audit export": {
    why: "gives a file in a format of its own: --format",
    test: "tests/cli/projects.test.ts",
  },
  completion: { why: "gives a script", test: "tests/cli/completion.test.ts" },
  login: {
    why: "asks and tells a person; what it makes is docker's to read",
    test: "tests/cli/login.test.ts",
  },
  logout: { why: "tells a person what became of a login", test: "tests/cli/login.test.ts" },
  serve: { why: "runs until it is stopped, and logs", test: "src/main.test.ts" },
  health: {
    why: "has an exit code for whatever starts the server",
    test: "tests/cli/process.test.ts",
  },
  "config check": { why: "asks no server", test: "src/commands/config.test.ts" },
  "config show": { why: "asks no server: --json", test: "src/commands/config.test.ts" },
  "backup verify": { why: "asks no server: --json", test: "src/commands/backup.test.ts" },
  restore: { why: "asks no server", test: "src/commands/backup.test.ts" },
  "audit verify": { why: "asks no server: --json", test: "src/commands/audit.test.ts" },
  adopt: { why: "asks no server: --json", test: "tests/automation/adopt.test.ts" },
  fsck: { why: "asks no server: --json", test: "tests/integrity/fsck.test.ts" },
  bench: {
    why: "prints figures as they come: --json FILE",
    test: "src/commands/bench/run.test.ts",
  },
};
