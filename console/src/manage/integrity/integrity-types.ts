import type { Schemas } from "../../../../src/client/api/shapes.gen.ts";

export type Finding = Schemas["Finding"];

export type Scrub = Schemas["Scrub"];

export type IntegrityState = Schemas["Integrity"];
