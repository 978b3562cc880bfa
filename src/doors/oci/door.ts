import { Failure, failure } from "../../kernel/errors/catalogue.ts";
import type { Connection, Handler } from "../../platform/listen/handler.ts";
import type { Telemetry } from "../../platform/telemetry/telemetry.ts";
import { Answered } from "../answered.ts";
import { languageOf } from "../language.ts";
import type { RequestIds } from "../request-ids.ts";
import { endpointTable } from "./endpoints.ts";
import { refuse } from "./errors.ts";
import { Exchange } from "./exchange.ts";
import { meter } from "./meter.ts";
import type { OciParts } from "./parts.ts";
import { withTakers } from "./room.ts";
import { parseRoute } from "./route.ts";

/** `/v2/`: the OCI distribution API. */
export function ociDoor(parts: OciParts, telemetry: Telemetry, newRequestId: RequestIds): Handler {
  const table = endpointTable();

  function endpointFor(request: Request, connection: Connection, answered: Answered) {
    const route = parseRoute(connection.path);
    if (route === undefined) throw failure("request.not_found");
    const endpoint = table.find(request.method, route.kind);
    if (endpoint === undefined) {
      const allowed = table.allowed(route.kind);
      throw failure("request.method", { method: request.method, allowed });
    }
    const x = new Exchange(parts, request, connection, {
      route,
      action: endpoint.action,
      answered,
    });
    return { x, endpoint };
  }

  function asFailure(error: unknown, request: string): Failure {
    if (error instanceof Failure) {
      if (error.status >= 500) telemetry.logger.error({ err: error, request }, error.message);
      return error;
    }
    if (error instanceof Error && error.name === "AbortError") {
      // The client left: nobody reads the answer, and it is no fault of ours.
      return failure("request.malformed", { reason: "it ended before its body did" }, error);
    }
    telemetry.logger.error({ err: error, request }, "an unexpected fault");
    return failure("service.internal", { request }, error);
  }

  /** RFC 6750 §3.1: why the token that was shown will not do; nothing of it without one. */
  function challengeOf({ code }: Failure, x: Exchange | undefined, { peer }: Connection): string {
    const isLacking = code === "access.insufficient_scope";
    const error = isLacking ? "insufficient_scope" : "invalid_token";
    return parts.challenge(peer.origin, {
      scope: x?.scope,
      error: x?.scheme === "bearer" ? error : undefined,
    });
  }

  return async (request, connection) => {
    const answered = new Answered(request, connection, newRequestId);
    let response: Response;
    let x: Exchange | undefined;
    try {
      const found = endpointFor(request, connection, answered);
      const { endpoint } = found;
      x = found.x;
      answered.exchange = x;
      for (const step of endpoint.steps) {
        // Most steps are done at once; waiting for those too would cost a turn each.
        const pending = step(x);
        if (pending !== undefined) await pending;
      }
      response = await endpoint.answer(x);
    } catch (error) {
      const refused = asFailure(error, answered.requestId);
      const refusal = x === undefined ? refused : await withTakers(x, refused);
      response = refuse(refusal, {
        language: languageOf(request.headers.get("accept-language")),
        requestId: answered.requestId,
        challenge: () => challengeOf(refusal, x, connection),
        extra: x?.extra,
        head: request.method === "HEAD",
      });
    }
    answered.finish(response);
    if (x !== undefined) meter(x, answered.status, answered.bytesOut);
    telemetry.answered(answered);
    return response;
  };
}
