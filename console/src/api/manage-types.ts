import type { Schemas } from "../../../src/client/api/shapes.gen.ts";

export type Words = Schemas["Words"];
export type User = Schemas["User"];
export type Standing = User["state"];
export type Group = Schemas["Group"];
export type GroupMember = Schemas["GroupMember"];
export type GroupLink = Schemas["GroupLink"];
export type Provider = Schemas["Provider"];
export type ProviderReport = Schemas["ProviderReport"];
export type Project = Schemas["Project"];
export type Role = Schemas["Role"];
export type Binding = Schemas["Binding"];
export type Explanation = Schemas["Explanation"];
export type Robot = Schemas["Robot"];
export type Quota = Schemas["Quota"];
export type QuotaLimits = Schemas["QuotaLimits"];
export type QuotaReport = Schemas["QuotaReport"];
export type ProjectUsage = Schemas["ProjectUsage"];
export type ImmutabilityRule = Schemas["ImmutabilityRule"];
export type RetentionPolicy = Schemas["RetentionPolicy"];
export type TrustRule = Schemas["TrustRule"];
export type TrustTemplate = Schemas["TrustTemplate"];
export type AuditEntry = Schemas["AuditEntry"];
export type AuditVerdict = Schemas["AuditVerdict"];
/** A token without its secret, whatever it is for. */
export type Secret = Schemas["Token"];

/** A secret comes with the first answer only; null where the answer was given again. */
export type Told<T> = T & { readonly secret: string | null };
