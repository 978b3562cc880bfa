import { useTranslation } from "react-i18next";
import type { Schemas } from "../../../src/client/api/shapes.gen.ts";

/** What kind of thing something is, in words. */
export function KindBadge({ kind }: { readonly kind: Schemas["Artifact"]["kind"] }) {
  const { t } = useTranslation();
  return <span className="kind-badge">{t(`browse.kind.${kind}`)}</span>;
}
