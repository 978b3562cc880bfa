import { z } from "zod";
import { parseAddress } from "../../../client/address.ts";
import {
  Authorizer,
  type Credentials,
  type IdentityToken,
} from "../../../client/auth/authorizer.ts";
import type { Place } from "../../../client/copy/end.ts";
import { type ImageName, parseImageName, splitServer } from "../../../client/image-name.ts";
import { findLogin } from "../../../client/logins/logins.ts";
import type { RestCredential } from "../../../client/rest.ts";
import { misuse } from "../complaint.ts";
import { clientOf, credentialOf, type Inputs, type RemoteContext } from "../connection.ts";
import { read } from "../remote.ts";
import { isLoopback, serverFor } from "../server.ts";

/** What the command line says of one of the two sides. */
export interface SideFlags {
  readonly name: string;
  readonly user: string | undefined;
  readonly passwordFile: string | undefined;
  /** The server of names that name none. */
  readonly server: string | undefined;
  readonly ca: string | undefined;
}

export interface Named {
  readonly place: Place;
  readonly url: URL;
  readonly name: ImageName;
}

/** What counts for the usual server: on its wire a token needs a name beside it. */
async function usualCredential(
  url: URL,
  context: RemoteContext,
  inputs: Inputs,
): Promise<Credentials | undefined> {
  const found: RestCredential | undefined = await credentialOf({}, context.env, inputs);
  if (found === undefined) return undefined;
  if (found.kind === "basic") {
    return { username: found.name, password: found.password.reveal() };
  }
  const rest = await clientOf(url, found, undefined, { inputs, context });
  const { name } = read(z.object({ name: z.string() }), await rest.call("GET", "/me"));
  return { username: name, password: found.secret.reveal() };
}

async function credentialsFor(
  url: URL,
  { user, passwordFile, server }: SideFlags,
  context: RemoteContext,
  inputs: Inputs,
): Promise<Credentials | IdentityToken | undefined> {
  if ((user === undefined) !== (passwordFile === undefined)) {
    throw misuse("a name and a file with its password go together", "用户名与密码文件须同时给出");
  }
  if (user !== undefined && passwordFile !== undefined) {
    return { username: user, password: (await inputs.secret(passwordFile)).reveal() };
  }
  const { env } = context;
  if (serverFor(server, env, []).host === url.host) {
    const usual = await usualCredential(url, context, inputs);
    if (usual !== undefined) return usual;
  }
  const login = await findLogin(env, url.host);
  if (login === undefined || login.kind === "damaged") return undefined;
  if (login.kind === "identity") return { identityToken: login.token.reveal() };
  return { username: login.name, password: login.password.reveal() };
}

/** Which repository a name means, at which registry, and as whom it is asked. Throws `Complaint`. */
export async function placeFor(
  flags: SideFlags,
  context: RemoteContext,
  inputs: Inputs,
): Promise<Named> {
  const { env, language, streams } = context;
  const { server, rest } = splitServer(flags.name);
  const url =
    server === undefined ? serverFor(flags.server, env, []) : serverFor(undefined, env, [server]);
  const name = parseImageName(rest);
  const credentials = await credentialsFor(url, flags, context, inputs);
  if (credentials !== undefined && url.protocol === "http:" && !isLoopback(url)) {
    const warning = {
      en: `warning: the credential goes to ${url.host} unencrypted\n`,
      zh: `警告：凭据将以明文发送到 ${url.host}\n`,
    };
    await streams.note(warning[language]);
  }
  const trust = { ca: flags.ca };
  const address = parseAddress(url.href, trust);
  const authorizer = new Authorizer(address, credentials, trust);
  return { place: { address, repository: name.repository, authorizer, trust }, url, name };
}
