import { Modal } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

interface Props {
  readonly title: string;
  readonly onClose: () => void;
  /** False where a slip of the mouse would lose something. */
  readonly closesOutside?: boolean;
  /** For what needs room. */
  readonly isWide?: boolean;
  readonly children: ReactNode;
}

/** A dialog over the page, open as long as it is there. */
export function Dialog({ title, onClose, closesOutside = true, isWide = false, children }: Props) {
  const { t } = useTranslation();
  return (
    <Modal
      opened
      onClose={onClose}
      closeOnClickOutside={closesOutside}
      size={isWide ? "xl" : "md"}
      title={title}
      closeButtonProps={{ "aria-label": t("app.close") }}
      // Its heading is no banner of the page.
      attributes={{ header: { role: "presentation" } }}
    >
      {children}
    </Modal>
  );
}
