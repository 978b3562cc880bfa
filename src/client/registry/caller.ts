import type { Address } from "../address.ts";
import type { Authorizer } from "../auth/authorizer.ts";
import type { Lane, LaneRequest, LaneResponse } from "../lane.ts";

export type Actions = "pull" | "pull,push" | "delete";

/** A lane that speaks to one registry and proves who it is. */
export class RegistryCaller {
  readonly address: Address;
  readonly #lane: Lane;
  readonly #authorizer: Authorizer;

  constructor(address: Address, lane: Lane, authorizer: Authorizer) {
    this.address = address;
    this.#lane = lane;
    this.#authorizer = authorizer;
  }

  /** The path of something under a repository: `/v2/<repository>/<rest>`. */
  path(repository: string, rest: string): string {
    return `${this.address.prefix}/v2/${repository}/${rest}`;
  }

  /**
   * Sends a request about `repository`, and perhaps about another one that is read from; a token
   * that has just ended is renewed once, but for a body that cannot be sent again.
   */
  async call(
    repository: string,
    actions: Actions,
    request: LaneRequest,
    from?: string,
  ): Promise<LaneResponse> {
    const also = from === undefined ? "" : ` repository:${from}:pull`;
    return await this.#renewed(`repository:${repository}:${actions}${also}`, request);
  }

  /** Asks `/v2/`, which answers 200 to those that it knows. */
  async ping(): Promise<LaneResponse> {
    return await this.#renewed("", { method: "GET", target: `${this.address.prefix}/v2/` });
  }

  async #renewed(scope: string, request: LaneRequest): Promise<LaneResponse> {
    const first = await this.#send(scope, request);
    if (first.status !== 401) return first;
    this.#authorizer.forget(scope);
    return request.stream === undefined ? await this.#send(scope, request) : first;
  }

  close(): void {
    this.#lane.close();
  }

  #send(scope: string, request: LaneRequest): Promise<LaneResponse> {
    return this.#authorizer.ready(scope)
      ? this.#sendWith(this.#authorizer.at(scope), request)
      : this.#authorizer.obtain(scope).then((header) => this.#sendWith(header, request));
  }

  #sendWith(authorization: string | undefined, request: LaneRequest): Promise<LaneResponse> {
    if (authorization === undefined) return this.#lane.exchange(request);
    return this.#lane.exchange({
      ...request,
      headers: { ...request.headers, Authorization: authorization },
    });
  }
}
