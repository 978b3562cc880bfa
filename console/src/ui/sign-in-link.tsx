import { Button } from "@mantine/core";
import { Link, useLocation } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

/** The way to sign in, and back to this page. */
export function SignInLink() {
  const { t } = useTranslation();
  const { href } = useLocation();
  return (
    <Button
      variant="light"
      size="compact-md"
      renderRoot={(props) => <Link {...props} to="/sign-in" search={{ to: href }} />}
    >
      {t("app.signIn")}
    </Button>
  );
}
