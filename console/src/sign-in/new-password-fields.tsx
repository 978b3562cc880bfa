import { VisuallyHidden } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { PasswordField } from "../ui/password-field.tsx";

/** What is typed to change a password. */
export interface PasswordChange {
  readonly oldPassword: string;
  readonly newPassword: string;
}

/** The old password, and twice the new one. */
export function usePasswordFields(name: string) {
  const { t } = useTranslation();
  const [oldPassword, setOld] = useState("");
  const [newPassword, setNew] = useState("");
  const [again, setAgain] = useState("");
  const differ = again !== "" && again !== newPassword;
  const clear = () => {
    setOld("");
    setNew("");
    setAgain("");
  };
  const fields = (
    <>
      {/* Tells password managers whose password it is. */}
      <VisuallyHidden>
        <input
          type="text"
          autoComplete="username"
          value={name}
          readOnly
          tabIndex={-1}
          aria-label={t("signIn.name")}
        />
      </VisuallyHidden>
      <PasswordField
        label={t("newPassword.old")}
        autoComplete="current-password"
        value={oldPassword}
        onChange={(event) => setOld(event.currentTarget.value)}
      />
      <PasswordField
        label={t("newPassword.fresh")}
        description={t("newPassword.hint")}
        autoComplete="new-password"
        value={newPassword}
        onChange={(event) => setNew(event.currentTarget.value)}
      />
      <PasswordField
        label={t("newPassword.again")}
        autoComplete="new-password"
        error={differ && t("newPassword.differ")}
        value={again}
        onChange={(event) => setAgain(event.currentTarget.value)}
      />
    </>
  );
  const change: PasswordChange | undefined =
    again === newPassword ? { oldPassword, newPassword } : undefined;
  return { fields, change, clear };
}
