import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const PROJECT = join(import.meta.dir, "..", "..");

/** What a registry has to be told to start. */
export interface LaunchOptions {
  /** Address with port, as `127.0.0.1:5000` or `[::1]:5000`. */
  readonly listen: string;
  /** Folder for everything that it keeps; also its working directory. */
  readonly folder: string;
  readonly credentials?: Credentials | undefined;
  readonly tls?: { readonly certFile: string; readonly keyFile: string } | undefined;
  /** URL of a PostgreSQL database; without it the registry's own default. */
  readonly database?: string | undefined;
  /** Further settings as environment variables. */
  readonly env?: Readonly<Record<string, string>> | undefined;
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export interface Command {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** A registry that can be started: how one prepares its folder and what one runs. */
export interface Launcher {
  readonly name: string;
  /** The program, before its verbs; undefined where it has none of ours. */
  readonly program?: readonly string[];
  command(options: LaunchOptions): Promise<Command>;
}

/** Entrepôt: the executable of that path, or the sources run by this very Bun. */
export function entrepot(executable?: string): Launcher {
  const start = executable ? [executable] : [process.execPath, join(PROJECT, "src", "main.ts")];
  return {
    name: executable ? "entrepot (executable)" : "entrepot (sources)",
    program: start,
    command: async (options) => {
      if (options.credentials !== undefined && options.credentials.username !== "admin") {
        throw new Error("the first account of Entrepôt is always admin");
      }
      const file = start.at(-1) ?? "";
      if (!existsSync(file)) throw new Error(`${file} is not there`);
      const password = options.credentials?.password;
      return {
        argv: [
          ...[
            ...start,
            "serve",
            "--listen",
            options.listen,
            "--data",
            join(options.folder, "data"),
          ],
          ...(options.tls ? ["--tls-cert", options.tls.certFile] : []),
          ...(options.tls ? ["--tls-key", options.tls.keyFile] : []),
          ...(options.database ? ["--database", options.database] : []),
          ...(password === undefined ? ["--insecure-no-auth"] : []),
        ],
        env: {
          ...(password === undefined ? {} : { ENTREPOT_ADMIN_PASSWORD: password }),
          ...options.env,
        },
      };
    },
  };
}

/** Debian's docker-registry, to prove that a check of ours holds for a registry not made by us. */
export function dockerRegistry(): Launcher {
  return {
    name: "docker-registry",
    command: async (options) => {
      if (options.database) throw new Error("docker-registry keeps no database");
      const passwords = join(options.folder, "htpasswd");
      const auth: string[] = [];
      if (options.credentials) {
        const { username, password } = options.credentials;
        const hash = await Bun.password.hash(password, { algorithm: "bcrypt", cost: 4 });
        writeFileSync(passwords, `${username}:${hash}\n`, { mode: 0o600 });
        auth.push("auth:", "  htpasswd:", "    realm: test", `    path: ${passwords}`);
      }
      const config = join(options.folder, "registry.yml");
      writeFileSync(
        config,
        [
          "version: 0.1",
          "log: { level: error, accesslog: { disabled: true } }",
          "storage:",
          `  filesystem: { rootdirectory: ${join(options.folder, "data")} }`,
          "  delete: { enabled: true }",
          ...auth,
          "http:",
          `  addr: "${options.listen}"`,
          // Without one of its own, every start would forget the uploads of the one before.
          "  secret: test",
          ...(options.tls
            ? [
                "  tls:",
                `    certificate: ${options.tls.certFile}`,
                `    key: ${options.tls.keyFile}`,
              ]
            : []),
          "",
        ].join("\n"),
      );
      return { argv: ["docker-registry", "serve", config], env: {} };
    },
  };
}

/** The launcher that a command line names: `sources`, `docker-registry`, or an executable's path. */
export function launcherNamed(name: string): Launcher {
  if (name === "sources") return entrepot();
  if (name === "docker-registry") return dockerRegistry();
  return entrepot(name);
}
