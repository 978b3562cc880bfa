import { type Checks, same } from "../../../scripts/lib/checks.ts";
import type { Client, LocalImage } from "../client.ts";
import type { Shape } from "../images.ts";
import type { Credentials } from "../launchers.ts";
import { proveWhole } from "../wire-proof.ts";
import { entries, refused, refusedAndWritten, type Wanted } from "./refusal.ts";
import { NARROW, PRIVATE, PUBLIC, type World } from "./world.ts";

const TINY: Shape = { layers: 2, layerBytes: 65_536 };

/** An image that no client has. */
const NOTHING: LocalImage = { name: "local/nothing:made", id: `sha256:${"0".repeat(64)}` };

/** How a client is told that it may not, by its own lights. */
interface Manner {
  /** What a refusal says to the client, around the reason that the registry gives. */
  denied(reason: string): RegExp;
  /** What is said to whoever has not logged in, or not rightly. */
  readonly unknown: RegExp;
}

/** These show the words of the registry. */
const TELLING: Manner = {
  denied: (reason) => new RegExp(`[\\w+-]+ may not repository:\\w+ repository \\S+: ${reason}`),
  unknown:
    /unauthorized: .*|repository does not exist or may require 'docker login'|the user name or password is not right|invalid username\/password|the token does not allow .*/,
};

/** ctr asks by HEAD first, whose answers have no words, and shows a status alone. */
const SILENT: Manner = {
  denied: () => /403 Forbidden/,
  unknown: /may require authorization|failed to fetch oauth token: unexpected status: 401/,
};

/** One client among those who may, may not, and have not said who they are. */
export class AccessStories {
  readonly #client: Client;
  readonly #world: World;
  readonly #manner: Manner;
  #image: LocalImage | undefined;

  constructor(client: Client, world: World) {
    this.#client = client;
    this.#world = world;
    this.#manner = client.name === "ctr" ? SILENT : TELLING;
  }

  /**
   * Tells every story but the last, which takes its time and can be told when other clients have
   * told theirs. The client has to be nobody at the beginning.
   */
  async tell(checks: Checks): Promise<() => Promise<void>> {
    const { name } = this.#client;
    const story = (what: string, tell: () => Promise<string | undefined>) =>
      checks.check(`${name}: ${what}`, tell);
    const { writer, token, robot, narrow, outsider, tagger, far } = this.#world;
    const expiring = await this.#world.expiring();
    await story("a password: login, push, pull, logout", () => this.#inAndOut("password", writer));
    await story("a personal token: login, push, pull, logout", () =>
      this.#inAndOut("token", token),
    );
    await story("a robot: login, push, pull, logout", () => this.#inAndOut("robot", robot));
    await story("a token that will end: login, pull", () => this.#pulls("password", expiring));
    await story("nobody pulls what is public", () => this.#anonymously());
    await story("a bogus password", () => this.#bogus());
    await story("somebody without a right", () =>
      this.#denied(outsider, `${this.#repository}/password:1`, "none", "no role allows it"),
    );
    await story("a robot outside its pattern", async () => {
      await this.#as(narrow, () => this.#push(`${NARROW}/${name}:1`));
      const outside = `${this.#repository}/password:1`;
      const why = "the token in use is limited to other things";
      return this.#denied(narrow, outside, "limit", why);
    });
    await story("a tag outside of a pattern", async () => {
      await this.#as(tagger, () => this.#push(`${this.#repository}/tags:dev-1`));
      await this.#as(writer, () => this.#push(`${this.#repository}/tags:v1`));
      await this.#as(tagger, () => this.#client.pull(`${this.#repository}/tags:dev-1`));
      const why = "the right does not cover this tag";
      return this.#denied(tagger, `${this.#repository}/tags:v1`, "tag", why);
    });
    await story("an address that a condition leaves out", () =>
      this.#denied(
        far,
        `${this.#repository}/password:1`,
        "condition",
        "the condition of the right is not met",
      ),
    );
    await story("a mount from another repository", () => this.#mounted(writer));
    return async () => {
      await story("a token that has ended", () => this.#expired(expiring));
    };
  }

  get #repository(): string {
    return `${PRIVATE}/${this.#client.name}`;
  }

  async #as<T>(who: Credentials, use: () => Promise<T>): Promise<T> {
    await this.#client.login(who);
    try {
      return await use();
    } finally {
      await this.#client.logout();
    }
  }

  async #push(reference: string): Promise<string> {
    const { name } = this.#client;
    this.#image ??= await this.#client.makeImage(`${name}-access-${Date.now()}`, TINY);
    return this.#client.push(this.#image, reference);
  }

  /** Fetches all of an image and compares; the image that is pushed has to be made anew then. */
  async #fetch(reference: string, digest: string): Promise<void> {
    const image = this.#image;
    if (image === undefined) throw new Error("nothing was pushed");
    await this.#client.forget(image, reference);
    this.#image = undefined;
    const pulled = await this.#client.pull(reference);
    same("digest pulled", pulled.digest, digest);
    same("image id pulled", pulled.id, image.id);
  }

  async #inAndOut(way: string, who: Credentials): Promise<string> {
    const { registry } = this.#world;
    const repository = `${this.#repository}/${way}`;
    const from = Date.now();
    await this.#as(who, async () => {
      const pushed = await this.#push(`${repository}:1`);
      same("digest", (await proveWhole(registry, repository, "1")).digest, pushed);
      await this.#fetch(`${repository}:1`, pushed);
      // Some clients do not even ask for what they have.
      await this.#client.forget(NOTHING, `${repository}:1`);
    });
    const made = { action: "manifest.push", result: "done", object: repository } as const;
    const [entry] = await entries(this.#world, made, from);
    same("who pushed, in the log", entry?.actor.name, who.username);
    const words = await refused(() => this.#client.pull(`${repository}:1`));
    return `out: ${this.#expectUnknown(words)}`;
  }

  async #pulls(way: string, who: Credentials): Promise<undefined> {
    await this.#as(who, () => this.#client.pull(`${this.#repository}/${way}:1`));
  }

  async #anonymously(): Promise<undefined> {
    const reference = `${PUBLIC}/${this.#client.name}:1`;
    const pushed = await this.#as(this.#world.writer, () => this.#push(reference));
    await this.#fetch(reference, pushed);
  }

  async #bogus(): Promise<string> {
    const { writer } = this.#world;
    const [client, repository] = [this.#client, this.#repository];
    return refusedAndWritten(
      this.#world,
      async () => {
        await client.login({ ...writer, password: "not the password of anybody" });
        // Where a login is not tried out before it is needed.
        await client.pull(`${repository}/password:1`);
      },
      this.#manner.unknown,
      { action: "login", result: "denied", object: writer.username, reason: "login.wrong" },
    ).finally(() => this.#forgetLogin());
  }

  async #denied(
    who: Credentials,
    reference: string,
    reason: string,
    words: string,
  ): Promise<string> {
    const [object = ""] = reference.split(":");
    const { username: actor } = who;
    const wanted: Wanted = { action: "repository:pull", result: "denied", object, actor, reason };
    return this.#as(who, () =>
      refusedAndWritten(
        this.#world,
        () => this.#client.pull(reference),
        this.#manner.denied(words),
        wanted,
      ),
    );
  }

  async #mounted(who: Credentials): Promise<string> {
    const [from, to] = [`${this.#repository}/source`, `${this.#repository}/target`];
    const since = Date.now();
    await this.#as(who, async () => {
      const pushed = await this.#push(`${from}:1`);
      await this.#fetch(`${from}:1`, pushed);
      await this.#client.copy(`${from}:1`, `${to}:1`);
    });
    await proveWhole(this.#world.registry, to, "1");
    const done = { result: "done", object: to, actor: who.username } as const;
    const mounts = await entries(this.#world, { ...done, action: "blob.mount" }, since);
    const pushes = await entries(this.#world, { ...done, action: "blob.push" }, since);
    if (mounts.length < TINY.layers) {
      throw new Error(`${mounts.length} blobs were mounted, ${pushes.length} pushed`);
    }
    same("where from, in the log", mounts[0]?.details.from, from);
    return `${mounts.length} blobs mounted, ${pushes.length} pushed`;
  }

  async #expired(who: Credentials & { readonly expiresAt: number }): Promise<string> {
    // There is no shorter life, and only time ends it.
    await Bun.sleep(Math.max(0, who.expiresAt - Date.now()) + 1);
    return refusedAndWritten(
      this.#world,
      async () => {
        await this.#client.login(who);
        await this.#client.pull(`${this.#repository}/password:1`);
      },
      this.#manner.unknown,
      { action: "login", result: "denied", object: who.username, reason: "login.expired" },
    ).finally(() => this.#forgetLogin());
  }

  /** After a login that was refused some clients have nobody to log out. */
  async #forgetLogin(): Promise<void> {
    await this.#client.logout().catch(() => undefined);
  }

  #expectUnknown(words: string): string {
    const [told] = this.#manner.unknown.exec(words) ?? [];
    if (told === undefined) throw new Error(`refused for another reason: ${words}`);
    return told;
  }
}
