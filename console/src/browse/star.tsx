import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useStar } from "../api/mine.ts";
import type { Place } from "../api/names.ts";
import { ProblemAlert } from "../ui/problem-alert.tsx";

function Sign({ isFull }: { readonly isFull: boolean }) {
  return (
    <svg
      width="14"
      height="14"
      viewBox="0 0 16 16"
      fill={isFull ? "currentColor" : "none"}
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d="M8 1.5l2 4.3 4.6.6-3.4 3.2.9 4.7L8 12l-4.1 2.3.9-4.7L1.4 6.4 6 5.8z" />
    </svg>
  );
}

/** Puts a repository among those that the reader finds on the home page, and takes it away. */
export function StarButton({ place }: { readonly place: Place }) {
  const { t } = useTranslation();
  const { isStarred, canStar, error, turn } = useStar(place);
  if (!canStar) return null;
  return (
    <>
      <Button
        size="xs"
        variant="default"
        leftSection={<Sign isFull={isStarred} />}
        aria-pressed={isStarred}
        onClick={() => turn(!isStarred)}
      >
        {t("browse.star")}
      </Button>
      <ProblemAlert error={error} />
    </>
  );
}
