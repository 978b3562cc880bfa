import { Failure, failure } from "../../kernel/errors/catalogue.ts";
import type { Connection, Handler } from "../../platform/listen/handler.ts";
import type { Telemetry } from "../../platform/telemetry/telemetry.ts";
import { Answered } from "../answered.ts";
import { languageOf } from "../language.ts";
import type { RequestIds } from "../request-ids.ts";
import { endpointTable } from "./endpoints.ts";
import { refuse } from "./errors.ts";
import { Exchange, type OciParts } from "./exchange.ts";
import { parseRoute } from "./route.ts";

/** `/v2/`: the OCI distribution API. */
export function ociDoor(parts: OciParts, telemetry: Telemetry, newRequestId: RequestIds): Handler {
  const table = endpointTable();

  function endpointFor(request: Request, connection: Connection) {
    const route = parseRoute(connection.path);
    if (route === undefined) throw failure("request.not_found");
    const endpoint = table.find(request.method, route.kind);
    if (endpoint === undefined) {
      const allowed = table.allowed(route.kind);
      throw failure("request.method", { method: request.method, allowed });
    }
    const x = new Exchange(parts, request, connection, { route, action: endpoint.action });
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

  return async (request, connection) => {
    const answered = new Answered(request, connection, newRequestId);
    let response: Response;
    try {
      const { x, endpoint } = endpointFor(request, connection);
      answered.exchange = x;
      for (const step of endpoint.steps) {
        // Most steps are done at once; waiting for those too would cost a turn each.
        const pending = step(x);
        if (pending !== undefined) await pending;
      }
      response = await endpoint.answer(x);
    } catch (error) {
      response = refuse(asFailure(error, answered.requestId), {
        language: languageOf(request.headers.get("accept-language")),
        requestId: answered.requestId,
        realm: parts.realm,
        head: request.method === "HEAD",
      });
    }
    answered.finish(response);
    telemetry.answered(answered);
    return response;
  };
}
