import type { Schemas } from "../../../src/client/api/shapes.gen.ts";

export type SessionState = Schemas["SessionState"];
export type LoginProvider = Schemas["LoginProviders"]["items"][number];
export type Me = Schemas["Me"];
export type Factor = Schemas["Factor"];
export type Factors = Schemas["Factors"];
/** After a factor was added: codes come with the first one. */
export type Enrolled = Schemas["Enrolled"];
/** An authenticator app's key, shown once. */
export type TotpOffer = Schemas["TotpOffer"];
export type Limit = Schemas["Limit"];
export type Token = Schemas["Token"];
export type NewToken = Token & { readonly secret: string };
export type Session = Schemas["Session"];

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}
