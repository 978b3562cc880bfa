import type { z } from "zod";
import { key, section } from "./key.ts";
import { path, secret } from "./kinds.ts";
import { admin, auth, secrets } from "./sections/auth.ts";
import { backup } from "./sections/backup.ts";
import {
  manifests,
  projects,
  reclaim,
  retention,
  storage,
  tags,
  trash,
  uploads,
} from "./sections/content.ts";
import { audit, limits, outbound } from "./sections/guards.ts";
import { insight } from "./sections/insight.ts";
import { integrity } from "./sections/integrity.ts";
import { jobs, log, statistics } from "./sections/running.ts";
import { server } from "./sections/server.ts";

/** Everything that can be configured. Keys are snake_case in files and camelCase here. */
export const configSchema = section(
  { en: "Entrepôt", zh: "Entrepôt" },
  {
    data: key(path(), {
      default: "./data",
      en: "The data folder: database and content of a single machine.",
      zh: "数据目录：单机的数据库与内容。",
    }),
    database: key(
      secret(
        {
          en: "empty, or `postgres://user:password@host:5432/name`",
          zh: "留空，或 `postgres://user:password@host:5432/name`",
        },
        isPostgres,
      ),
      {
        default: "",
        defaultMeans: { en: "SQLite in the data folder", zh: "数据目录中的 SQLite" },
        secret: true,
        en: "The database: SQLite, or the URL of a PostgreSQL.",
        zh: "数据库：SQLite，或 PostgreSQL 的 URL。",
      },
    ),
    server,
    storage,
    auth,
    secrets,
    admin,
    projects,
    uploads,
    manifests,
    reclaim,
    trash,
    backup,
    retention,
    tags,
    insight,
    integrity,
    log,
    jobs,
    statistics,
    audit,
    limits,
    outbound,
  },
);

/** The configuration that the rest of the code gets: durations in milliseconds, sizes in bytes. */
export type Config = z.infer<typeof configSchema>;

function isPostgres(value: string): boolean {
  if (!/^postgres(?:ql)?:\/\//.test(value) || !URL.canParse(value)) return false;
  return new URL(value).hostname !== "" || new URL(value).searchParams.has("host");
}
