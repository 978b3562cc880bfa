import { Anchor, Breadcrumbs } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { fullName, type Place, shortDigest } from "../api/names.ts";

export function ProjectLink({ name }: { readonly name: string }) {
  return (
    <Anchor
      inherit
      renderRoot={(props) => (
        <Link {...props} to="/projects/$project/repositories" params={{ project: name }} />
      )}
    >
      {name}
    </Anchor>
  );
}

export function RepositoryLink({
  place,
  children,
}: {
  readonly place: Place;
  readonly children?: ReactNode;
}) {
  return (
    <Anchor
      inherit
      renderRoot={(props) => (
        <Link
          {...props}
          to="/projects/$project/repositories/$repository/tags"
          params={{ project: place.project, repository: place.repository }}
        />
      )}
    >
      {children ?? fullName(place)}
    </Anchor>
  );
}

interface ArtifactProps {
  readonly place: Place;
  /** A tag or a digest. */
  readonly reference: string;
  readonly children?: ReactNode;
}

export function ArtifactLink({ place, reference, children }: ArtifactProps) {
  const params = { ...place, reference };
  return (
    <Anchor
      inherit
      title={reference}
      renderRoot={(props) => (
        <Link
          {...props}
          to="/projects/$project/repositories/$repository/artifacts/$reference/overview"
          params={params}
        />
      )}
    >
      {children ?? (reference.includes(":") ? shortDigest(reference) : reference)}
    </Anchor>
  );
}

/** The way back up. */
export function Trail({ children }: { readonly children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <nav aria-label={t("browse.trail")}>
      <Breadcrumbs className="trail">{children}</Breadcrumbs>
    </nav>
  );
}
