import { systemDoer } from "../../features/audit/entry.ts";
import { here, type Rig, Rigs } from "../../features/registry-tokens/suite-rig.ts";
import { HOUR } from "../../kernel/clock.ts";
import { failure } from "../../kernel/errors/catalogue.ts";
import { type Listening, listen } from "../../platform/listen/listen.ts";
import { openTelemetry } from "../../platform/telemetry/open.ts";
import { type Exchange, tokenDoor, tokenRoutes } from "./door.ts";

export const SCOPE = "repository:team/app:pull,push";

/** What the outside issuer of these tests gives; who may have it is proved elsewhere. */
export const OUTSIDE_TOKEN = "a good outside token";

export function basic(name: string, secret: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${name}:${secret}`).toString("base64")}` };
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: what came over the wire, looked at field by field
  readonly body: any;
}

type Headed = Record<string, string>;
type Body = string | Uint8Array<ArrayBuffer> | ReadableStream;

interface Named {
  readonly id: string;
  readonly name: string;
}

/** The token door on a socket, before real rooms. */
export class DoorRig {
  readonly rigs: Rigs;
  readonly rig: Rig;
  /** A developer of `team`; `open` is a public project. */
  readonly alice: Named;
  /** A robot of `team` without rights. */
  readonly robot: Named & { readonly secret: string };
  /** What was logged. */
  readonly lines: string[] = [];
  #listening: Listening | undefined;

  private constructor(rigs: Rigs, rig: Rig, alice: Named, robot: Named & { secret: string }) {
    this.rigs = rigs;
    this.rig = rig;
    this.alice = alice;
    this.robot = robot;
  }

  static async open(): Promise<DoorRig> {
    const rigs = await Rigs.open();
    const rig = await rigs.node();
    const team = await rig.project("team");
    await rig.project("open", true);
    const alice = await rig.person("developer", team);
    const project = { id: team, name: "team" };
    const made = await rig.identity.robots.create(systemDoer, { name: "ci", project });
    const { id, name } = made.robot;
    const door = new DoorRig(rigs, rig, alice, { id, name, secret: made.secret.secret });
    await door.#listen();
    return door;
  }

  async #listen(): Promise<void> {
    const telemetry = openTelemetry({
      level: "info",
      format: "json",
      access: true,
      routes: tokenRoutes,
      build: { version: "0.0.0", commit: "test" },
      sink: { write: (line) => void this.lines.push(line), flushSync: () => {} },
    });
    const { identity, tokens } = this.rig;
    let id = 0;
    const newId = () => `r-${id++}`;
    const parts = { identity, tokens, telemetry, realm: "Entrepot", open: false };
    const exchange: Exchange = async (token) => {
      if (token !== OUTSIDE_TOKEN) throw failure("access.bad_credentials");
      return { actor: await identity.basic(this.robot.name, this.robot.secret, here) };
    };
    const doors = {
      usual: tokenDoor(parts, newId),
      trusting: tokenDoor({ ...parts, exchange }, newId),
      open: tokenDoor({ ...parts, open: true }, newId),
    };
    this.#listening = await listen(
      { addresses: ["127.0.0.1:0"], trustedProxies: [], maxConnections: 100 },
      (request, connection) => {
        const which = request.headers.get("x-door");
        const door = which === "trusting" || which === "open" ? doors[which] : doors.usual;
        return door(request, connection);
      },
      { fault: () => {}, certificate: () => {} },
    );
  }

  async ask(path: string, init: RequestInit = {}): Promise<Reply> {
    const response = await fetch(`${this.#listening?.urls[0]}${path}`, init);
    const text = await response.text();
    const body = text === "" ? undefined : JSON.parse(text);
    return { status: response.status, headers: response.headers, body };
  }

  get(query: string, headers: Headed = {}): Promise<Reply> {
    return this.ask(`/token${query}`, { headers });
  }

  post(form: Headed | Body, headers: Headed = {}): Promise<Reply> {
    const isFields = Object.getPrototypeOf(form) === Object.prototype;
    const body = isFields ? new URLSearchParams(form as Headed).toString() : (form as Body);
    const type = { "content-type": "application/x-www-form-urlencoded" };
    return this.ask("/token", { method: "POST", body, headers: { ...type, ...headers } });
  }

  /** What a token allows, and as whom. */
  async read(token: string): Promise<{ name: string; via: string; allows: string[] }> {
    const { principal, via, limits } = await this.rig.tokens.actorOf(token, here);
    const allows = (limits ?? []).flatMap(({ actions, repositories }) =>
      actions.map((action) => `${action} ${repositories.join()}`),
    );
    return { name: principal.name, via, allows: allows.filter((each) => !each.includes(":read")) };
  }

  /** Failed logins slow the next ones down; after a while they do not. */
  async calm(): Promise<void> {
    this.rigs.clock.advance(HOUR);
    await this.rig.revision.changed();
  }

  async close(): Promise<void> {
    await this.#listening?.drain(0);
    await this.rigs.close();
  }
}
