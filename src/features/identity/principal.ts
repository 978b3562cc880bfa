/** Who asks. Ids are immutable; names are for people. */
export interface Principal {
  readonly id: string;
  readonly kind: "user" | "robot" | "anonymous";
  readonly name: string;
  readonly administrator: boolean;
}

/** Whoever shows no credentials. */
export const anonymous: Principal = {
  id: "anonymous",
  kind: "anonymous",
  name: "anonymous",
  administrator: false,
};

/** Everybody, where the operator has switched authentication off (`--insecure-no-auth`). */
export const everybody: Principal = {
  id: "everybody",
  kind: "anonymous",
  name: "everybody",
  administrator: true,
};
