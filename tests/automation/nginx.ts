import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Nginx {
  readonly port: number;
  close(): Promise<void>;
}

/** A port that was free a moment ago: nginx cannot be asked which one it took. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const end = (isUp: boolean) => {
      socket.destroy();
      resolve(isUp);
    };
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
  });
}

/** A real nginx with one server of these directives; `{port}` in `listen` is filled in. */
export async function startNginx(directives: readonly string[], user = "root"): Promise<Nginx> {
  const folder = await mkdtemp(join(tmpdir(), "entrepot-nginx-"));
  const port = await freePort();
  const text = `
daemon off;
user ${user};
pid ${folder}/pid;
error_log ${folder}/error.log;
events {}
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  server {
    ${directives.map((each) => each.replace("{port}", `127.0.0.1:${port}`)).join("\n    ")}
  }
}
`;
  await writeFile(join(folder, "nginx.conf"), text);
  const argv = ["nginx", "-e", join(folder, "error.log"), "-c", join(folder, "nginx.conf")];
  const child = Bun.spawn(argv, { stdout: "ignore", stderr: "inherit" });
  while (!(await listens(port))) {
    if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}`);
  }
  return {
    port,
    async close() {
      child.kill("SIGTERM");
      await child.exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
