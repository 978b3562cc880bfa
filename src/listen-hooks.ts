import type { ListenHooks } from "./platform/listen/handler.ts";
import type { Logger } from "./platform/telemetry/telemetry.ts";

/** Tells the log what happens below the application. */
export function listenHooks(logger: Logger): ListenHooks {
  return {
    fault: (error, request) => logger.error({ err: error, request }, "an unexpected fault"),
    certificate: (news) => {
      if (news.kind === "replaced") {
        const { subject, validTo } = news;
        logger.info({ subject, validTo }, "the certificate was replaced");
        return;
      }
      // The old one goes on serving until it expires: somebody has to look before that.
      const message = "the new certificate files are unusable, so the old certificate stays";
      logger.warn({ err: news.error }, message);
    },
  };
}
