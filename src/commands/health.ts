import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { Command } from "commander";
import { failure } from "../kernel/errors/catalogue.ts";
import { addConfigOptions, type CommandContext, readConfig } from "./config.ts";

const DEADLINE = 5_000;

/** Asks a server on this machine for its readiness; gives the status. */
function ask(address: string, tls: boolean): Promise<number> {
  const unix = address.startsWith("unix:") ? address.slice("unix:".length) : undefined;
  const options =
    unix === undefined
      ? new URL(
          `${tls ? "https" : "http"}://${address.replace(/^(0\.0\.0\.0|\[::\])/, "localhost")}`,
        )
      : { socketPath: unix };
  return new Promise((resolve, reject) => {
    const send = unix === undefined && tls ? httpsRequest : httpRequest;
    const path = { path: "/readyz", timeout: DEADLINE, rejectUnauthorized: false };
    const target =
      options instanceof URL
        ? { hostname: options.hostname.replace(/^\[|\]$/g, ""), port: options.port }
        : options;
    const request = send({ ...target, ...path }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on("timeout", () => request.destroy(new Error("no answer in time")));
    request.on("error", reject);
    request.end();
  });
}

/** `entrepot health`: exit code 0 while the server of this configuration is ready, else 1. */
export function healthCommand(context: CommandContext): Command {
  const words = {
    en: "ask the running server whether it is ready",
    zh: "询问运行中的服务是否就绪",
  };
  const command = addConfigOptions(new Command("health"), context.language);
  return command.description(words[context.language]).action(async () => {
    const { server } = readConfig(command, context.env).config;
    const [address = ""] = server.listen;
    let status: number;
    try {
      status = await ask(address, server.tls.certFile !== "");
    } catch (error) {
      throw failure("health.unreachable", { address }, error);
    }
    if (status !== 200) throw failure("health.unready", { address, status });
    context.out("ready\n");
  });
}
