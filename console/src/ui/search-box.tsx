import { ActionIcon, Kbd, TextInput } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { Link, useNavigate } from "@tanstack/react-router";
import { type FormEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { LONGEST_SEARCH } from "../browse/search-state.ts";
import { hasSearchKey } from "../browse/shortcut.ts";

function Glass() {
  return (
    <svg
      width="16"
      height="16"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      aria-hidden="true"
    >
      <circle cx="7" cy="7" r="5" />
      <path d="M11 11l4 4" />
    </svg>
  );
}

/** The search from every page: a field where there is room, else the way to one. */
export function SearchBox() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  const go = () => {
    if (!hasSearchKey()) return;
    // On a narrow screen there is no field here.
    if (field.current?.offsetParent) field.current.focus();
    else void navigate({ to: "/search" });
  };
  // On some keyboards the sign needs the shift key.
  useHotkeys([
    ["/", go],
    ["shift+/", go],
  ]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const q = text.trim();
    if (q === "") return;
    setText("");
    field.current?.blur();
    void navigate({ to: "/search", search: { q } });
  };
  return (
    <>
      <search className="header-search">
        <form onSubmit={submit}>
          <TextInput
            ref={field}
            size="sm"
            aria-label={t("search.title")}
            placeholder={t("search.title")}
            maxLength={LONGEST_SEARCH}
            spellCheck={false}
            autoCapitalize="none"
            leftSection={<Glass />}
            rightSection={hasSearchKey() && <Kbd size="xs">/</Kbd>}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        </form>
      </search>
      <ActionIcon
        className="header-search-link"
        variant="subtle"
        size="lg"
        aria-label={t("search.title")}
        renderRoot={(props) => <Link {...props} to="/search" />}
      >
        <Glass />
      </ActionIcon>
    </>
  );
}
