import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { providersQuery } from "../api/session.ts";

/** What people call where an account or a login comes from. */
export function useOriginName(): (origin: string) => string {
  const { t } = useTranslation();
  const { data } = useQuery(providersQuery);
  return (origin) => {
    if (origin === "passkey") return t("factors.kind.passkey");
    if (origin === "local") return t("profile.local");
    return data?.items.find(({ name }) => name === origin)?.label ?? origin;
  };
}
