import { describe, expect, test } from "bun:test";
import { openTelemetry, type TelemetryOptions } from "./open.ts";
import type { AnsweredRequest } from "./telemetry.ts";

const lines: string[] = [];
const options: TelemetryOptions = {
  level: "info",
  format: "json",
  access: false,
  routes: ["manifest", "blob"],
  build: { version: "1.2.3", commit: "abc" },
  sink: { write: (line) => lines.push(line), flushSync: () => {} },
};

const request: AnsweredRequest = {
  requestId: "r",
  method: "GET",
  route: "manifest",
  path: "/v2/a/b/manifests/latest",
  status: 200,
  bytesIn: 0,
  bytesOut: 0,
  milliseconds: 0,
};

/** The value of each sample whose line begins with `start`. */
async function samples(telemetry: ReturnType<typeof openTelemetry>, start: string) {
  const { text } = await telemetry.exposition();
  const found = text.split("\n").filter((line) => line.startsWith(start));
  return found.map((line) => line.slice(start.length));
}

describe("requests", () => {
  test("are counted by route class, method and status class", async () => {
    const telemetry = openTelemetry(options);
    telemetry.answered(request);
    telemetry.answered({ ...request, status: 206 });
    telemetry.answered({ ...request, status: 404 });
    telemetry.answered({ ...request, method: "PATCH", route: "blob", status: 202 });
    telemetry.answered({ ...request, method: "BREW", route: "../../etc", status: 799 });
    telemetry.answered({ ...request, method: "HEAD", status: 0 });
    const read = () => samples(telemetry, "entrepot_http_requests_total");
    const expected = [
      '{route="manifest",method="GET",status="2xx"} 2',
      '{route="manifest",method="GET",status="4xx"} 1',
      '{route="manifest",method="HEAD",status="1xx"} 1',
      '{route="blob",method="PATCH",status="2xx"} 1',
      '{route="other",method="OTHER",status="5xx"} 1',
    ];
    expect(await read()).toEqual(expected);
    // A scrape changes nothing.
    expect(await read()).toEqual(expected);
  });

  test("have their latency in cumulative buckets", async () => {
    const telemetry = openTelemetry(options);
    for (const milliseconds of [0.5, 1, 40, 1_000_000]) {
      telemetry.answered({ ...request, milliseconds });
    }
    const name = "entrepot_http_request_duration_seconds";
    const buckets = await samples(telemetry, `${name}_bucket{route="manifest",le=`);
    expect(buckets).toContain('"0.0005"} 1');
    expect(buckets).toContain('"0.001"} 2');
    expect(buckets).toContain('"0.025"} 2');
    expect(buckets).toContain('"0.05"} 3');
    expect(buckets).toContain('"300"} 3');
    expect(buckets.at(-1)).toBe('"+Inf"} 4');
    expect(await samples(telemetry, `${name}_count`)).toEqual(['{route="manifest"} 4']);
    const [sum = ""] = await samples(telemetry, `${name}_sum`);
    expect(Number(sum.split(" ")[1])).toBeCloseTo(1_000.0415, 6);
    expect(await samples(telemetry, `# TYPE ${name}`)).toEqual([" histogram"]);
  });

  test("have their bytes added up", async () => {
    const telemetry = openTelemetry(options);
    telemetry.answered({ ...request, route: "blob", bytesIn: 2 ** 40, bytesOut: 3 });
    telemetry.answered({ ...request, route: "blob", bytesIn: 1, bytesOut: 4 });
    expect(await samples(telemetry, 'entrepot_http_bytes_in_total{route="blob"}')).toEqual([
      " 1099511627777",
    ]);
    expect(await samples(telemetry, 'entrepot_http_bytes_out_total{route="blob"}')).toEqual([" 7"]);
  });
});

describe("gauges", () => {
  test("are read at each scrape", async () => {
    const telemetry = openTelemetry(options);
    let open = 1;
    telemetry.gauge({ name: "entrepot_uploads_open", help: "h", read: () => open });
    const jobs = () => Promise.resolve({ waiting: open, running: 2 });
    telemetry.gauge({ name: "entrepot_jobs", help: "h", label: "state", read: jobs });
    expect(await samples(telemetry, "entrepot_uploads_open ")).toEqual(["1"]);
    open = 7;
    expect(await samples(telemetry, "entrepot_uploads_open ")).toEqual(["7"]);
    expect(await samples(telemetry, "entrepot_jobs{")).toEqual([
      'state="waiting"} 7',
      'state="running"} 2',
    ]);
  });

  test("counters are read in the same way, and say that they are counters", async () => {
    const telemetry = openTelemetry(options);
    let count = 3;
    const read = () => ({ done: count, denied: 1 });
    telemetry.counter({ name: "entrepot_logins_total", help: "h", label: "result", read });
    expect(await samples(telemetry, "entrepot_logins_total{")).toEqual([
      'result="done"} 3',
      'result="denied"} 1',
    ]);
    count = 5;
    expect((await samples(telemetry, "entrepot_logins_total{"))[0]).toBe('result="done"} 5');
    expect((await telemetry.exposition()).text).toContain("# TYPE entrepot_logins_total counter");
  });

  test("one that fails or hangs is left out, counted and logged; the others stay", async () => {
    const telemetry = openTelemetry({ ...options, gaugeDeadline: 20 });
    let works = true;
    const sometimes = () => {
      if (works) return 5;
      throw new Error("the database is away");
    };
    telemetry.gauge({ name: "entrepot_a", help: "h", read: sometimes });
    telemetry.gauge({ name: "entrepot_b", help: "h", read: () => new Promise(() => {}) });
    telemetry.gauge({ name: "entrepot_c", help: "h", read: () => 3 });
    expect(await samples(telemetry, "entrepot_a ")).toEqual(["5"]);
    works = false;
    lines.length = 0;
    expect(await samples(telemetry, "entrepot_a ")).toEqual([]);
    expect(await samples(telemetry, "entrepot_b ")).toEqual([]);
    expect(await samples(telemetry, "entrepot_c ")).toEqual(["3"]);
    const faults = await samples(telemetry, "entrepot_metrics_faults_total{");
    expect(faults.map((line) => line.split("}")[0])).toEqual([
      'metric="entrepot_b"',
      'metric="entrepot_a"',
    ]);
    expect(lines.join("")).toContain("the database is away");
  });
});

test("the process and the build have figures", async () => {
  const telemetry = openTelemetry(options);
  const { text, contentType } = await telemetry.exposition();
  expect(contentType).toStartWith("text/plain; version=0.0.4");
  for (const name of ["process_resident_memory_bytes", "process_open_fds", "process_threads"]) {
    const [value = ""] = await samples(telemetry, `${name} `);
    expect(Number(value)).toBeGreaterThan(0);
  }
  expect(text).toMatch(/^process_cpu_seconds_total [\d.]+$/m);
  expect(text).toContain('entrepot_build_info{version="1.2.3",commit="abc"} 1');
});

test("two instances in one process keep their figures apart", async () => {
  const [one, two] = [openTelemetry(options), openTelemetry(options)];
  one.answered(request);
  expect(await samples(one, "entrepot_http_requests_total")).toHaveLength(1);
  expect(await samples(two, "entrepot_http_requests_total")).toHaveLength(0);
});
