import { Alert } from "@mantine/core";
import { useTranslation } from "react-i18next";

const WORDS = {
  "provider.login_expired": "signIn.expired",
  "provider.not_admitted": "signIn.notAdmitted",
  "provider.unavailable": "signIn.unavailable",
} as const;

const isKnown = (code: string): code is keyof typeof WORDS => Object.hasOwn(WORDS, code);

/** Why signing in at a provider did not work, by the code that came back in the address. */
export function ProviderError({ code }: { readonly code: string }) {
  const { t } = useTranslation();
  return (
    <Alert color="red" role="alert">
      {isKnown(code) ? t(WORDS[code]) : t("signIn.oidcFailed", { code })}
    </Alert>
  );
}
