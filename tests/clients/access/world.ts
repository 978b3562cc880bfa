import { randomBytes } from "node:crypto";
import type { Registry } from "../harness.ts";
import type { Credentials } from "../launchers.ts";
import { Rest, textOf } from "./rest.ts";

/** A project for members alone, and one for all the world. */
export const PRIVATE = "vault";
export const PUBLIC = "open";

/** The repositories that the robot `narrow` is for, and the tags that `tagger` may use. */
export const NARROW = `${PRIVATE}/narrow`;
export const TAGS = "dev-*";

/** The shortest life that a token can have, and a little for the way. */
const SHORT_LIFE = 62_000;

/** No client of these stories comes from there (RFC 5737). */
const ELSEWHERE = "192.0.2.0/24";

export interface ExpiringToken extends Credentials {
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Who there is: each with another reason to be let in or not. */
export interface World {
  readonly registry: Registry;
  readonly admin: Rest;
  /** May push to both projects, by a password. */
  readonly writer: Credentials;
  /** The same person by a personal access token. */
  readonly token: Credentials;
  /** A robot of the private project that may push to it. */
  readonly robot: Credentials;
  /** Has an account, and no right in the private project. */
  readonly outsider: Credentials;
  /** A robot with a secret for `NARROW` alone. */
  readonly narrow: Credentials;
  /** May use the tags `TAGS` alone. */
  readonly tagger: Credentials;
  /** May pull, from another network than this. */
  readonly far: Credentials;
  /** A token of the writer's that ends while the stories are told. */
  expiring(): Promise<ExpiringToken>;
  /** A further account that may push to both projects. */
  another(name: string): Promise<Credentials>;
}

function secret(): string {
  return randomBytes(15).toString("base64url");
}

/** Makes projects, people and robots by the REST API. */
export async function makeWorld(registry: Registry): Promise<World> {
  const { credentials } = registry;
  if (credentials === undefined) throw new Error("the registry is open to everyone");
  const admin = new Rest(registry, credentials);
  const members = (project: string) => `/projects/${project}/members`;

  const grant = async (id: string, project: string, role: string, terms = {}) => {
    const subject = { kind: "principal", id };
    await admin.post(members(project), { subject, role, ...terms });
  };
  const user = async (name: string): Promise<Credentials & { readonly id: string }> => {
    const password = secret();
    const made = await admin.post("/users", { name, password, mustChangePassword: false });
    return { id: textOf(made, "id"), username: name, password };
  };
  const writerOf = async (name: string): Promise<Credentials> => {
    const made = await user(name);
    for (const project of [PRIVATE, PUBLIC]) await grant(made.id, project, "developer");
    return made;
  };
  const robot = async (name: string, limits?: unknown): Promise<Credentials> => {
    const made = await admin.post(`/projects/${PRIVATE}/robots`, {
      name,
      ...(limits === undefined ? {} : { limits }),
    });
    await grant(textOf(made, "id"), PRIVATE, "developer");
    return { username: textOf(made, "name"), password: textOf(made, "secret") };
  };

  await admin.post("/projects", { name: PRIVATE });
  await admin.post("/projects", { name: PUBLIC, public: true });
  const writer = await writerOf("writer");
  const tokenOf = (name: string, more = {}) =>
    new Rest(registry, writer).post("/me/tokens", { name, ...more });
  const tagger = await user("tagger");
  await grant(tagger.id, PRIVATE, "developer", { tags: TAGS });
  const far = await user("far");
  await grant(far.id, PRIVATE, "guest", {
    condition: `inNetwork(request.address, "${ELSEWHERE}")`,
  });
  let expiringTokens = 0;
  return {
    registry,
    admin,
    writer,
    token: { username: writer.username, password: textOf(await tokenOf("stories"), "secret") },
    robot: await robot("shipper"),
    outsider: await user("outsider"),
    narrow: await robot("narrow", [
      { actions: ["repository:pull", "repository:push"], repositories: [`${NARROW}/**`] },
    ]),
    tagger,
    far,
    async expiring() {
      expiringTokens += 1;
      const expiresAt = Date.now() + SHORT_LIFE;
      const made = await tokenOf(`short-${expiringTokens}`, { expiresAt });
      return { username: writer.username, password: textOf(made, "secret"), expiresAt };
    },
    another: writerOf,
  };
}
